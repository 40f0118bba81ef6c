import { describe, expect, test } from "bun:test"
import { readHead } from "../../src/hl7/head.ts"
import { hl7 } from "../build.ts"

const MSH = "MSH|^~\\&|LAB|CLINIC|HIS|CLINIC|20260415||ORU^R01|C1|P|2.5.1"
const PID = "PID|1||P-1^^^CLINIC^MR||WILLIAMS^ANN"

/** A segment in which nothing is said but this field. */
function segment(name: string, field: number, value: string): string {
  return `${name}${"|".repeat(field)}${value}|`
}

function isUrgent(bytes: Uint8Array): boolean | undefined {
  const { read } = readHead(bytes, {})
  return "head" in read ? read.head.urgent : undefined
}

describe("a message goes first", () => {
  test.each([
    ["a result beyond the upper panic limit", segment("OBX", 8, "HH")],
    ["a result beyond the lower panic limit", segment("OBX", 8, "LL")],
    ["a very abnormal result", segment("OBX", 8, "AA")],
    ["one flag of several", segment("OBX", 8, "A~HH")],
    ["a flag with its text", segment("OBX", 8, "HH^critical high^HL70078")],
    ["a STAT order, in OBR", segment("OBR", 27, "^^^^^S")],
    ["a STAT order, in OBR, where nothing follows", `OBR${"|".repeat(27)}1^^^^^S`],
    ["the second of two timings", segment("OBR", 27, "^^^^^R~^^^^^S")],
    ["an order wanted as soon as possible", segment("ORC", 7, "^^^^^A")],
    ["a STAT order, in TQ1", segment("TQ1", 9, "S^STAT^HL70485")],
    ["a priority written out", segment("TQ1", 9, "stat")],
  ])("that has %s", (_what, line) => {
    expect(isUrgent(hl7(MSH, PID, "NTE|1||all else is well", line, "NTE|2"))).toBe(true)
    expect(isUrgent(Buffer.from([MSH, PID, line].join("\n")))).toBe(true)
    expect(isUrgent(Buffer.from([MSH, PID, line, ""].join("\r\n")))).toBe(true)
  })

  test("by the message's own delimiters", () => {
    const msh = MSH.replace("|^~\\&", "#*!?$").replaceAll("|", "#").replaceAll("^", "*")
    expect(isUrgent(hl7(msh, "OBX########A!HH#"))).toBe(true)
    expect(isUrgent(hl7(msh, "OBX#|||||||HH#"))).toBe(false)
  })
})

describe("a message waits its turn", () => {
  test.each([
    ["a high result", segment("OBX", 8, "H")],
    ["a result that reads HH", segment("OBX", 5, "HH")],
    ["a flag's text that reads HH", segment("OBX", 8, "H^HH")],
    ["HH in the field behind the flags", segment("OBX", 9, "HH")],
    ["a routine order", segment("OBR", 27, "^^^^^R")],
    ["a quantity that reads S", segment("OBR", 27, "S")],
    ["a word that only begins so", segment("TQ1", 9, "SOON")],
    ["a segment of another name", segment("ZBX", 8, "HH")],
    ["a field that is cut off", "OBX|1|NM|WBC"],
  ])("that has %s", (_what, line) => {
    expect(isUrgent(hl7(MSH, PID, line, "NTE|1"))).toBe(false)
  })

  test("however large its document is, and is read in no time", () => {
    const document = segment("OBX", 5, "A".repeat(5_000_000))
    const from = performance.now()
    expect(isUrgent(hl7(MSH, PID, document, segment("OBX", 8, "N")))).toBe(false)
    expect(isUrgent(hl7(MSH, PID, document, segment("OBX", 8, "LL")))).toBe(true)
    expect(performance.now() - from).toBeLessThan(500)
  })
})
