import { describe, expect, test } from "bun:test"
import { type Value, valuesOf } from "../../../src/map/type/value.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1"

/** The values of one OBX, and what was noted. */
function read(type: string, value: string, unit = "") {
  const read = reading([header, `OBX|1|${type}|A^A^L||${value}|${unit}`])
  const [obx] = read.parsed.all("OBX")
  if (obx === undefined) throw new Error("no OBX")
  return { values: valuesOf([obx], read), notes: read.notes }
}

/** How a Ratio or a Range was written, beside it. */
function written(valueString: string) {
  const url = "http://hl7.org/fhir/StructureDefinition/originalText"
  return { extension: [{ url, valueString }] }
}

function ratio(numerator: number, denominator: number, comparator?: ">") {
  return { numerator: { value: numerator, comparator }, denominator: { value: denominator } }
}

describe("a value that is what OBX-2 calls it", () => {
  test.each<[string, string, Value]>([
    ["NM", "7.5", { valueQuantity: { value: 7.5 } }],
    ["NM", "-.5", { valueQuantity: { value: -0.5 } }],
    ["NM", "+12.", { valueQuantity: { value: 12 } }],
    ["CQ", "150^mL", { valueQuantity: { value: 150, unit: "mL" } }],
    ["SN", ">^90", { valueQuantity: { value: 90, comparator: ">" } }],
    ["SN", "=^90", { valueQuantity: { value: 90 } }],
    ["SN", "^90", { valueQuantity: { value: 90 } }],
    ["SN", "<=0.1", { valueQuantity: { value: 0.1, comparator: "<=" } }],
    ["SN", "^1^:^128", { valueRatio: { ...written("1:128"), ...ratio(1, 128) } }],
    ["SN", ">^1^/^2", { valueRatio: { ...written(">1/2"), ...ratio(1, 2, ">") } }],
    [
      "SN",
      "^10^-^20",
      { valueRange: { ...written("10-20"), low: { value: 10 }, high: { value: 20 } } },
    ],
    ["SN", "^20^-^10", { valueString: "20-10" }],
    ["SN", "^3^+", { valueString: "3+" }],
    ["SN", "<>^5", { valueString: "<>5" }],
    ["SN", "^trace", { valueString: "trace" }],
    ["NR", "3^7", { valueRange: { low: { value: 3 }, high: { value: 7 } } }],
    ["NR", "^7", { valueRange: { high: { value: 7 } } }],
    ["DT", "20260415", { valueDateTime: "2026-04-15" }],
    ["TS", "202604151200", { valueDateTime: "2026-04-15T12:00:00+03:00" }],
    ["TM", "083015.5", { valueTime: "08:30:15.5" }],
    ["DR", "20260401^20260403", { valuePeriod: { start: "2026-04-01", end: "2026-04-03" } }],
    ...["CE", "CF", "CNE", "CWE", "ID", "IS"].map((type): [string, string, Value] => [
      type,
      "^only text",
      { valueCodeableConcept: { coding: [], text: "only text" } },
    ]),
    ["ST", "a~b", { valueString: "a\nb" }],
    ["FT", "a\\.br\\b ^ c & d  ", { valueString: "a\nb ^ c & d" }],
  ])("%s %s", (type, text, value) => {
    const { values, notes } = read(type, text)
    expect(JSON.stringify(values)).toBe(JSON.stringify([value]))
    expect(notes).toEqual([])
  })
})

test("a ratio with a unit is kept as it was written, without the unit", () => {
  const [value] = read("SN", "^1^:^128", "mL").values
  expect(value?.valueRatio).toMatchObject({ ...written("1:128"), numerator: { unit: "mL" } })
})

test.each([
  ["NM", ">90"],
  ["NM", "1,5"],
  ["NM", "negative"],
  ["NM", "1e3"],
  ["DT", "20260230"],
  ["TM", "2500"],
  ["NR", "7^3"],
  ["CQ", "some"],
  ["HD", "LAB^1.2.3^ISO"],
  ["", "7.5"],
])("%s %s is kept as text, and noted", (type, text) => {
  const { values, notes } = read(type, text)
  expect(values).toEqual([{ valueString: text }])
  expect(notes).toEqual([`OBX-5: what is sent as ${type || "no type"} is kept as text`])
})

test.each([
  ["NM", ""],
  ["ST", '""'],
  ["TX", " ~ "],
  ["ED", "^text^plain^A^a"],
  ["RP", "https://example.org/a"],
])("%s %s is no value", (type, text) => {
  expect(read(type, text)).toEqual({ values: [], notes: [] })
})

test.each([
  ["NM", "1.2E+04"],
  ["ST", "1.2 x 10^3"],
  ["ST", "5-10"],
  ["ST", "< 1:20"],
  ["ST", ">10^5"],
  ["ST", "120/80"],
  ["", "5.4"],
])("%s %s keeps its unit, as text", (type, value) => {
  expect(read(type, value, "/uL").values).toEqual([{ valueString: `${value} /uL` }])
})

test("a note never says what stands in OBX-2 where it is no data type", () => {
  expect(read("Otieno", "5").notes).toEqual([
    "OBX-5: what is sent as no type of HL7's is kept as text",
  ])
})

test.each(["Negative", "5.4 mmol/L", "--", "see 2 below"])("%s has no unit put to it", (value) => {
  expect(read("ST", value, "/uL").values).toEqual([{ valueString: value }])
})

describe("a unit", () => {
  const ucum = "http://unitsofmeasure.org"
  test.each([
    ["10*3/uL", { unit: "10*3/uL", system: ucum, code: "10*3/uL" }],
    ["%", { unit: "%", system: ucum, code: "%" }],
    ["mm3^cubic millimetre^UCUM", { unit: "cubic millimetre", system: ucum, code: "mm3" }],
    [
      "c/ml^copies^L^{copies}/mL^copies^UCUM",
      { unit: "copies", system: ucum, code: "{copies}/mL" },
    ],
    ["mg/dL^^ISO+", { unit: "mg/dL" }],
    ["IU/L", { unit: "IU/L" }],
    ["MG/DL", { unit: "MG/DL" }],
    ["10^3/uL", { unit: "10^3/uL" }],
    ["^cells", { unit: "cells" }],
    ["", {}],
  ])("%p is UCUM only where it says so or can be nothing else", (unit, expected) => {
    const { values } = read("NM", "1", unit)
    expect(values).toEqual([{ valueQuantity: { value: 1, ...expected } }])
  })
})
