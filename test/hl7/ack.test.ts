import { describe, expect, test } from "bun:test"
import { type Ack, ack, notNow } from "../../src/hl7/ack.ts"
import { readHead } from "../../src/hl7/head.ts"
import { parseMessage } from "../../src/hl7/message.ts"
import type { Malformed } from "../../src/message.ts"
import { hl7 } from "../build.ts"

const MSH = "MSH|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415120000||ORU^R01^ORU_R01|C1|T|2.3.1"
const at = Date.UTC(2026, 3, 15, 9, 30, 5)
const noId: Malformed = { code: 101, location: "MSH^1^10", reason: "MSH-10 gives no control id" }

/** The acknowledgement of a message that begins with this header. */
function answer(header: Uint8Array | string, fields: Partial<Ack> = {}): Buffer {
  const bytes = typeof header === "string" ? hl7(header) : header
  return ack(readHead(bytes, {}).header, { code: "AA", controlId: "W1", at, ...fields })
}

function lines(bytes: Buffer): string[] {
  return bytes.toString("latin1").split("\r")
}

describe("an acknowledgement", () => {
  test("goes back to who sent the message, with its processing id and version", () => {
    expect(lines(answer(MSH))).toEqual([
      "MSH|^~\\&|HIS|CENTRE|LAB|CLINIC|20260415093005+0000||ACK^R01^ACK|W1|T|2.3.1",
      "MSA|AA|C1",
      "",
    ])
  })

  test("has the message's charset in its place, MSH-18", () => {
    const parsed = parseMessage(answer(`${MSH}||||||8859/1`))
    expect(parsed.first("MSH")?.text(18)).toBe("8859/1")
    expect(parsed.first("MSH")?.text(12)).toBe("2.3.1")
  })

  test("names its own kind alone where the message names no event", () => {
    expect(parseMessage(answer("MSH|^~\\&|||||||ORU|C1")).first("MSH")?.raw(9)).toBe("ACK")
  })

  test("says P and 2.5.1 where the message says neither", () => {
    const msh = parseMessage(answer("MSH|^~\\&|||||||ORU^R01|C1")).first("MSH")
    expect([msh?.text(11), msh?.text(12)]).toEqual(["P", "2.5.1"])
  })

  test("uses the sender's own delimiters", () => {
    const header = "MSH#*!?$#LAB#CLINIC#HIS#CENTRE#2026##ORU*R01#C1#P#2.5"
    expect(lines(answer(header, { code: "AE", error: noId }))).toEqual([
      "MSH#*!?$#HIS#CENTRE#LAB#CLINIC#20260415093005+0000##ACK*R01*ACK#W1#P#2.5",
      "MSA#AE#C1#MSH-10 gives no control id",
      "ERR##MSH*1*10#101*Required field missing*HL70357#E####MSH-10 gives no control id",
      "",
    ])
  })

  test("reads whole where a delimiter of the sender stands in our own words", () => {
    const bytes = answer("MSH;e~\\&;LAB;;;;;;ORUeR01;C1;P;2.5", { code: "AR", error: notNow })
    const [err] = parseMessage(bytes).all("ERR")
    expect(err?.text(8)).toBe(notNow.reason)
    expect([err?.text(3), err?.text(3, 2)]).toEqual(["207", "Application internal error"])
    const bare = answer("MSH;e;LAB;;;;;;ORUeR01;C1;P;2.5", { code: "AR", error: notNow })
    expect(bare.toString()).toContain("at th  mom nt  pl as  s nd it again lat r")
  })

  test.each([
    ["8859/1", Buffer.from("Labor S\xfcd", "latin1")],
    ["GB 18030-2000", Buffer.from([0xbc, 0xec, 0xd1, 0xe9, 0xbf, 0xc6])],
    ["UNICODE UTF-8", Buffer.from("检验科")],
  ])("gives a name in %s back byte for byte", (charset, name) => {
    const header = Buffer.concat([
      Buffer.from("MSH|^~\\&|"),
      name,
      Buffer.from("|CLINIC|HIS||20260415||ORU^R01|"),
      name,
      Buffer.from(`|P|2.5||||||${charset}\r`),
    ])
    const [msh = "", msa = ""] = lines(answer(header))
    expect(Buffer.from(msh.split("|")[4] ?? "", "latin1")).toEqual(name)
    expect(Buffer.from(msa.split("|")[2] ?? "", "latin1")).toEqual(name)
  })

  test("gives the control id back as it came, blanks and escapes too", () => {
    const [, msa] = lines(answer("MSH|^~\\&|A||||||ORU^R01| C\\T\\1 |P|2.5"))
    expect(msa).toBe("MSA|AA| C\\T\\1 ")
  })
})

describe("a negative acknowledgement", () => {
  test("says where, what and why (ERR-2, ERR-3, ERR-8), and why in MSA-3 too", () => {
    const parsed = parseMessage(answer("MSH|^~\\&|||||||ORU^R01||P", { code: "AE", error: noId }))
    const [msa, err] = [parsed.first("MSA"), parsed.first("ERR")]
    expect([msa?.text(1), msa?.text(2), msa?.text(3)]).toEqual(["AE", undefined, noId.reason])
    expect([err?.text(2, 1), err?.text(2, 2), err?.text(2, 3)]).toEqual(["MSH", "1", "10"])
    expect([err?.text(3), err?.text(3, 2), err?.text(3, 3)]).toEqual([
      "101",
      "Required field missing",
      "HL70357",
    ])
    expect([err?.text(4), err?.text(8)]).toEqual(["E", noId.reason])
  })

  test("to a message that can't be stored now says to send it again (207)", () => {
    const err = parseMessage(answer(MSH, { code: "AR", error: notNow })).first("ERR")
    expect([err?.raw(2), err?.text(3)]).toEqual(["", "207"])
    expect(err?.text(8)).toContain("send it again later")
  })

  test("to bytes without a header names no message", () => {
    const bytes = ack(undefined, { code: "AE", error: noId, controlId: "W1", at })
    expect(lines(bytes).slice(0, 2)).toEqual([
      "MSH|^~\\&|||||20260415093005+0000||ACK|W1|P|2.5.1",
      "MSA|AE||MSH-10 gives no control id",
    ])
  })
})
