import { describe, expect, test } from "bun:test"
import { ack } from "../../src/hl7/ack.ts"
import { readHead } from "../../src/hl7/head.ts"
import { parseMessage } from "../../src/hl7/message.ts"

/** A message from a facility of that name, in bytes, with this MSH-18. */
function from(facility: number[], charset: string): Buffer {
  return Buffer.concat([
    Buffer.from("MSH|^~\\&|LAB|"),
    Buffer.from(facility),
    Buffer.from(`|HIS|CENTRE|20260415||ORU^R01|C1|P|2.5.1||||||${charset}\rPID|1||`),
    Buffer.from(facility),
    Buffer.from("^^^KSM^MR\r"),
  ])
}

const yu = [0xa8, 0x7c]

describe("a facility whose name has the byte of a separator in it", () => {
  test.each([
    ["Big5", "BIG-5", yu, "育"],
    ["GB 18030", "GB 18030-2000", [0x81, 0x7c], "亅"],
    ["GB 18030, four bytes", "GB 18030-2000", [0x81, 0x30, 0x84, 0x36, 0x81, 0x7c], "¥亅"],
    ["Shift JIS", "SHIFT_JIS", [0x83, 0x7c], "ポ"],
    ["ISO-2022-JP", "~ISO IR87", [0x1b, 0x24, 0x42, 0x35, 0x7c, 0x1b, 0x28, 0x42], "亨"],
    ["ISO-2022-JP", "ASCII~ISO IR87", [0x1b, 0x24, 0x42, 0x35, 0x7c, 0x1b, 0x28, 0x42], "亨"],
  ])("in %s (MSH-18 %s) is one name", (_name, charset, facility, text) => {
    const bytes = from(facility, charset)
    const parsed = parseMessage(bytes)
    expect(parsed.charset.from).toBe("MSH-18")
    expect(parsed.first("MSH")?.text(4)).toBe(text)
    expect(parsed.first("MSH")?.text(10)).toBe("C1")
    const { read, header } = readHead(bytes, {})
    const subjects = [`KSM|${parsed.first("PID")?.text(3)}`]
    expect(read).toMatchObject({ head: { type: "ORU^R01", controlId: "C1", subjects } })
    const answer = ack(header, { code: "AA", controlId: "W1", at: 0 })
    expect(answer.includes("\rMSA|AA|C1\r")).toBe(true)
    expect(answer.indexOf(Buffer.from(facility))).toBeGreaterThan(0)
  })

  test("is one name in the source's charset too, where MSH-18 is empty", () => {
    const bytes = from(yu, "")
    expect(readHead(bytes, { charset: "BIG-5" }).header?.field(10)).toBe("C1")
    expect(parseMessage(bytes, { charset: "BIG-5" }).first("MSH")?.text(4)).toBe("育")
  })

  test("is not taken for Big5 where MSH-18 says it is something else", () => {
    // The last byte of this character and the separator behind it would be one in Big5.
    const bytes = from([0xe6, 0x9f, 0xa5], "UNICODE UTF-8")
    expect(readHead(bytes, { charset: "BIG-5" }).header?.field(4)).toBe("\xe6\x9f\xa5")
  })
})
