import { describe, expect, test } from "bun:test"
import type { Reference } from "fhir/r4"
import { newObserved } from "../../../src/map/result/groups.ts"
import { extensionsOf } from "../../../src/map/segment/observation-extension.ts"
import { performersOf } from "../../../src/map/segment/performer.ts"
import { reading } from "../build.ts"

describe("of the fields that few results have, one alone is enough", () => {
  test.each([
    [4, "1"],
    [10, "A"],
    [19, "20260415120000"],
    [30, "QR"],
    [33, "S1&LAB^F1&LAB~S2&LAB^F2&LAB"],
  ])("OBX-%d says something beside the value", (field, text) => {
    const { observed, read } = of(field, text)
    expect(extensionsOf(observed, undefined, read, mention)).toHaveLength(1)
  })

  test.each([
    [15, "LAB^Laboratory"],
    [16, "7^NURSE^ANN"],
    [23, "KISUMU LAB"],
    [25, "9^DOCTOR^DAN"],
  ])("OBX-%d says who observed", (field, text) => {
    const { observed, read } = of(field, text)
    expect(performersOf(observed, read, mention)).toHaveLength(1)
  })
})

/** A result with nothing else in it. */
function of(field: number, text: string) {
  const header = "MSH|^~\\&|LAB|KISUMU|||20260415120000||ORU^R01|1|P|2.5.1"
  const read = reading([header, `OBX${"|".repeat(field)}${text}`])
  const obx = read.parsed.first("OBX")
  if (obx === undefined) throw new Error("no OBX")
  return { read, observed: newObserved(obx) }
}

function mention(): Reference {
  return { reference: "urn:uuid:1" }
}
