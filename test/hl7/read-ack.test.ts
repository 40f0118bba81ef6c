import { describe, expect, test } from "bun:test"
import { ack } from "../../src/hl7/ack.ts"
import { isAnswerTo, readAck } from "../../src/hl7/read-ack.ts"
import { hl7 } from "../build.ts"

const msh = "MSH|^~\\&|||||||ACK|77|P|2.5.1"

describe("an acknowledgement", () => {
  test("is read with its errors, place by place", () => {
    const err = "ERR||PID^1^5|101^Required field missing^HL70357|W||||The name is missing"
    expect(readAck(hl7(msh, "MSA|AE|C1|in error", err, "ERR||||E"))).toEqual({
      code: "AE",
      about: "C1",
      text: "in error",
      controlId: "77",
      errors: [
        { location: "PID^1^5", code: "101", severity: "W", text: "The name is missing" },
        { location: "", code: "", severity: "E", text: "" },
      ],
    })
  })

  test("of our own making is read as it was meant", () => {
    const error = { code: 207, location: "MSH^1^10", reason: "later | or never" } as const
    const read = readAck(ack(undefined, { code: "AR", error, controlId: "9", at: 0 }))
    expect(read).toMatchObject({ code: "AR", about: "", text: error.reason, controlId: "9" })
    expect(read?.errors).toMatchObject([{ location: "MSH^1^10", code: "207", text: error.reason }])
  })

  test.each(["", "hello", "<html>", `${msh}\r`, `${msh}\rMSA\r`, `${msh}\rMSA||C1\r`])(
    "is none without MSA-1: %j",
    (text) => {
      expect(readAck(Buffer.from(text))).toBeUndefined()
    },
  )

  test.each([
    ["AA", "C1", true],
    ["AA", "C2", false],
    ["AA", "", false],
    ["AE", "", true],
    ["AR", "C2", false],
  ])("%s for %j: whether it answers C1 is %p", (code, about, answers) => {
    const read = readAck(hl7(msh, `MSA|${code}|${about}`))
    expect(read && isAnswerTo(read, "C1")).toBe(answers)
  })
})
