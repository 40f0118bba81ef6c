import { describe, expect, test } from "bun:test"
import { outcomeOfAck } from "../../src/destination/acknowledgement.ts"
import { ack } from "../../src/hl7/ack.ts"
import { readAck } from "../../src/hl7/read-ack.ts"
import { hl7 } from "../build.ts"
import { ackOf } from "../fake/mllp-receiver.ts"

/** What an acknowledgement of this text means. */
function outcomeOf(text: string | Uint8Array) {
  const read = readAck(typeof text === "string" ? Buffer.from(text) : text)
  if (!read) throw new Error("no MSA segment")
  return outcomeOfAck(read)
}

describe("what an acknowledgement means", () => {
  test.each([
    ["AA", 200],
    ["CA", 202],
  ])("%s is delivered, and its own control id is the proof", (code, status) => {
    expect(outcomeOf(ackOf(code, "A"))).toEqual({
      outcome: "delivered",
      receipt: { status, code, acknowledgement: "1" },
    })
  })

  test.each(["AE", "CE"])("%s refuses this message, which is held", (code) => {
    expect(outcomeOf(ackOf(code, "A", "no such ward"))).toEqual({
      outcome: "hold",
      reason: `answered ${code}`,
      said: "no such ward",
    })
  })

  test.each(["AR", "CR"])("%s is for now, and is tried again", (code) => {
    expect(outcomeOf(ackOf(code, "A", "busy"))).toMatchObject({
      outcome: "retry",
      reason: `answered ${code}`,
      said: "busy",
      doubt: "fault",
    })
  })

  test.each([200, 201, 202, 203] as const)("AR with ERR-3 %d is for good, and held", (code) => {
    const error = { code, location: "MSH^1^9", reason: "it takes results only" }
    const bytes = ack(undefined, { code: "AR", error, controlId: "7", at: 0 })
    expect(outcomeOf(bytes)).toEqual({
      outcome: "hold",
      reason: `answered AR (ERR-3 ${code})`,
      said: "it takes results only",
      issues: [
        {
          severity: "error",
          code: String(code),
          text: "it takes results only",
          expression: "MSH^1^9",
        },
      ],
    })
  })

  test("AR with ERR-3 207 is for now: so a box like this one says that its disk is full", () => {
    const error = { code: 207, location: "", reason: "later" } as const
    const bytes = ack(undefined, { code: "AR", error, controlId: "7", at: 0 })
    expect(outcomeOf(bytes)).toMatchObject({ outcome: "retry" })
    expect(outcomeOf(bytes)).not.toHaveProperty("doubt")
  })

  test("a code of nobody's is doubt, and stays out of the log's words", () => {
    const outcome = outcomeOf(ackOf("OK DOE^JANE", "A"))
    expect(outcome).toMatchObject({ outcome: "retry", said: expect.stringContaining("OK") })
    expect(JSON.stringify({ ...outcome, said: "" })).not.toContain("DOE")
  })

  test("what ERR-3 holds that is no code stays out of the log's words too", () => {
    const text = hl7("MSH|^~\\&|||||||ACK|1|P|2.5", "MSA|AE|A", "ERR||PID^1^5|DOE^JANE|E")
    expect(outcomeOf(text)).toMatchObject({ reason: "answered AE", issues: [{ code: "DOE" }] })
  })
})
