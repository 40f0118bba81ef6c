import { expect, test } from "bun:test"
import { openBasis } from "../src/basis.ts"
import { parseConfig } from "../src/config.ts"

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
