import { describe, expect, test } from "bun:test"
import { openBasis } from "../src/basis.ts"
import { parseConfig } from "../src/config.ts"

const fhir = { kind: "fhir", concurrency: 8, onHeld: "continue" } as const
const config = {
  site: { id: "kisumu-01", timezone: "Africa/Nairobi" },
  source: { lab: { kind: "mllp", assigner: "CLINIC" } },
  codeMap: {},
  destination: { central: { ...fhir, url: "http://a" }, other: { ...fhir, url: "http://b" } },
}

/** What may hold a delivery to central, under this configuration and program. */
function basesOf(changed: Partial<typeof config> = {}, program = "0.1.0 a") {
  const basis = openBasis({ ...config, ...changed }, program)
  return { map: basis("central", "map"), destination: basis("central", "destination") }
}

describe("what a delivery was held under", () => {
  test("is the same where only another destination changed", () => {
    const destination = { ...config.destination, other: { ...fhir, url: "http://c" } }
    expect(basesOf({ destination })).toEqual(basesOf())
  })

  test("is another for what the destination refused, where that destination changed", () => {
    const destination = { ...config.destination, central: { ...fhir, url: "https://a" } }
    expect(basesOf({ destination }).destination).not.toBe(basesOf().destination)
    expect(basesOf({ destination }).map).toBe(basesOf().map)
  })

  test.each<[string, Partial<typeof config>, string]>([
    ["a source", { source: { lab: { kind: "mllp", assigner: "OTHER" } } }, "0.1.0 a"],
    ["the site", { site: { id: "kisumu-02", timezone: "Africa/Nairobi" } }, "0.1.0 a"],
    ["the program, and with it the maps,", {}, "0.1.0 b"],
  ])("is another for what the map could not do, where %s changed", (_part, changed, program) => {
    expect(basesOf(changed, program).map).not.toBe(basesOf().map)
    expect(basesOf(changed, program).destination).toBe(basesOf().destination)
  })

  test("is another for a code that had no place, where a code map changed", () => {
    const codeMap = { tests: { field: ["OBX-3" as const], onUnknown: "hold" as const, row: [] } }
    const [before, after] = [config, { ...config, codeMap }].map((one) => openBasis(one, "0.1.0"))
    expect(after?.("central", "code")).not.toBe(before?.("central", "code"))
    expect(after?.("central", "map")).toBe(before?.("central", "map"))
  })
})

function basisWith(codeMap: object) {
  const config = parseConfig({ site: { id: "a" }, codeMap }, { sources: {}, destinations: {} })
  return openBasis(config, "0.1.0")
}

test("what was held for a code may go when a code map has changed, and nothing else", () => {
  const row = { code: "GLU", targetSystem: "LN", targetCode: "2345-7" }
  const before = basisWith({ tests: { field: ["OBX-3"] } })
  const after = basisWith({ tests: { field: ["OBX-3"], row: [row] } })
  expect(after("central", "code")).not.toBe(before("central", "code"))
  expect(after("central", "map")).toBe(before("central", "map"))
  expect(after("central", "preflight")).toBe(before("central", "preflight"))
})
