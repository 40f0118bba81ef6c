import { describe, expect, test } from "bun:test"
import { type AckMode, ackCodes, type Said } from "../../src/hl7/ack-codes.ts"
import { headerOf } from "../../src/hl7/head.ts"

/** What a message with these MSH-15 and MSH-16 is answered. */
function codes(accept: string, application: string, said: Said, mode: AckMode = "auto"): string {
  const msh = `MSH|^~\\&|LAB||||2026||ORU^R01|C1|P|2.5.1|||${accept}|${application}`
  return ackCodes(headerOf(msh), said, mode).join(" ")
}

describe("a message whose MSH-15 and MSH-16 are empty is in original mode", () => {
  test.each<[Said, string]>([
    ["accept", "AA"],
    ["error", "AE"],
    ["reject", "AR"],
  ])("%s: %s", (said, expected) => {
    expect(codes("", "", said)).toBe(expected)
    expect(codes('""', '""', said)).toBe(expected)
    expect(ackCodes(headerOf("MSH|^~\\&|LAB"), said, "auto")).toEqual(codesOf(expected))
    expect(ackCodes(undefined, said, "auto")).toEqual(codesOf(expected))
  })
})

describe("a message that asks is in enhanced mode, by table 0155", () => {
  // MSH-15, MSH-16, and what it gets when it is taken, in error, refused.
  test.each([
    ["AL", "", "CA", "CE", "CR"],
    ["AL", "NE", "CA", "CE", "CR"],
    ["NE", "", "", "", ""],
    ["NE", "NE", "", "", ""],
    ["ER", "NE", "", "CE", "CR"],
    ["SU", "NE", "CA", "", ""],
    // An application acknowledgement follows what was taken, and nothing follows a refusal.
    ["AL", "AL", "CA AA", "CE", "CR"],
    ["AL", "SU", "CA AA", "CE", "CR"],
    ["AL", "ER", "CA", "CE", "CR"],
    ["ER", "AL", "AA", "CE", "CR"],
    ["SU", "AL", "CA AA", "AE", "AR"],
    ["SU", "ER", "CA", "AE", "AR"],
    // Without an accept acknowledgement it is as in original mode (2.9.3).
    ["NE", "AL", "AA", "AE", "AR"],
    ["", "AL", "AA", "AE", "AR"],
    ["NE", "ER", "", "AE", "AR"],
    ["NE", "SU", "AA", "", ""],
    ["", "NE", "", "", ""],
    ["al", " Ne ", "CA", "CE", "CR"],
    // Not of the table, and seen: as if it were empty.
    ["ACCEPT", "ACKNOWLEDGE", "AA", "AE", "AR"],
    ["Y", "AL", "AA", "AE", "AR"],
  ])("MSH-15 %s, MSH-16 %s", (accept, application, taken, error, refused) => {
    expect(codes(accept, application, "accept")).toBe(taken)
    expect(codes(accept, application, "error")).toBe(error)
    expect(codes(accept, application, "reject")).toBe(refused)
  })
})

test("a source told `original` answers AA, AE or AR whatever the message asks", () => {
  for (const asked of ["AL", "NE", "ER", "SU", ""]) {
    expect(codes(asked, asked, "accept", "original")).toBe("AA")
    expect(codes(asked, asked, "error", "original")).toBe("AE")
    expect(codes(asked, asked, "reject", "original")).toBe("AR")
  }
})

test("a source told `enhanced` sends an accept acknowledgement unless MSH-15 forbids it", () => {
  expect(codes("", "", "accept", "enhanced")).toBe("CA")
  expect(codes("", "", "error", "enhanced")).toBe("CE")
  expect(codes("", "AL", "accept", "enhanced")).toBe("CA AA")
  expect(codes("NE", "AL", "accept", "enhanced")).toBe("AA")
  expect(codes("ER", "", "accept", "enhanced")).toBe("")
  expect(ackCodes(undefined, "error", "enhanced")).toEqual(["CE"])
})

function codesOf(text: string): ReturnType<typeof ackCodes> {
  return text.split(" ") as unknown as ReturnType<typeof ackCodes>
}

test("an acknowledgement is answered only where it asks in MSH-15, or two would never end", () => {
  const toAck = (type: string, accept: string, mode: AckMode) =>
    ackCodes(headerOf(`MSH|^~\\&|LAB||||2026||${type}|C1|P|2.5.1|||${accept}|`), "accept", mode)
  for (const type of ["ACK", "ACK^R01", "ACK^R01^ACK"]) {
    for (const mode of ["auto", "original", "enhanced"] as const) {
      expect(toAck(type, "", mode)).toEqual([])
      expect(toAck(type, "NE", mode)).toEqual([])
    }
    expect(toAck(type, "AL", "auto")).toEqual(["CA"])
    expect(toAck(type, "AL", "original")).toEqual([])
  }
  expect(toAck("ORU^ACK", "", "auto")).toEqual(["AA"])
})
