import { describe, expect, test } from "bun:test"
import { frame } from "../../src/hl7/frame.ts"
import { splitMessages } from "../../src/hl7/split.ts"
import { hl7, oru } from "../build.ts"

const first = oru({ controlId: "1" })
const second = oru({ controlId: "2" })

/** The control ids of the messages found, and their bytes put together again. */
function split(...parts: (string | Uint8Array)[]): string[] {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return splitMessages(bytes).map((one) => Buffer.from(one).toString())
}

describe("a file", () => {
  test("of one message gives its bytes", () => {
    expect(split(first)).toEqual([first.toString()])
  })

  test("of several messages gives each, whether or not blank lines part them", () => {
    expect(split(first, second)).toEqual([`${first}`, `${second}`])
    expect(split(first, "\r\n\r\n", second)).toEqual([`${first}\r\n\r\n`, `${second}`])
  })

  test("with LF for line ends gives each message too", () => {
    const unix = (bytes: Buffer) => bytes.toString().replaceAll("\r", "\n")
    expect(split(unix(first), unix(second))).toEqual([unix(first), unix(second)])
  })

  test.each([
    ["a byte order mark", "\ufeff"],
    ["white space", " \t\r\n"],
    ["a byte order mark and a line end", "\ufeff\r\n"],
    ["a VT that no FS ends", "\x0b"],
    ["a batch header", "FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r"],
  ])("that begins with %s gives the message alone", (_name, before) => {
    expect(split(before, first)).toEqual([`${first}`])
  })

  test("with a byte order mark before every message, as files joined together have", () => {
    const [one = "", two] = split("\ufeff", first, "\ufeff", second)
    expect(one).toStartWith(first.toString())
    expect(two).toBe(second.toString())
  })

  test("of MLLP frames gives what is in them", () => {
    expect(split(frame(first), "\n", frame(second))).toEqual([`${first}`, `${second}`])
  })

  test("of frames that hold several messages each gives each message", () => {
    expect(split(frame(Buffer.concat([first, second])))).toEqual([`${first}`, `${second}`])
  })

  test("whose last frame is cut off gives that one as well", () => {
    const cut = frame(second).subarray(0, -2)
    expect(split(frame(first), cut)).toEqual([`${first}`, `${second}`])
  })

  test("without a message gives its bytes, so that reading them says what is wrong", () => {
    expect(split("hello\n")).toEqual(["hello\n"])
    expect(split("MSH|")).toEqual(["MSH|"])
    expect(split("")).toEqual([""])
  })

  test("with any delimiters is split by them", () => {
    const custom = "MSH#*!?$#LAB###########\r"
    expect(split(custom, "MSH|^|A\r", custom)).toEqual([custom, "MSH|^|A\r", custom])
  })
})

describe("a text that names MSH", () => {
  test.each([
    "NTE|1||seen at MSH|^~\\&|",
    "NTE|1||seen at MSH on Monday",
    "NTE|1||seen\nMSH on Monday",
    "NTE|1||seen at\n MSH: a hospital",
    "NTE|1||¿MSH|^~\\&|?",
    "ZXX|1|MSH|^~\\&|LAB",
  ])("does not begin a message: %j", (text) => {
    const message = Buffer.concat([first, hl7(text)])
    expect(split(message, second)).toEqual([`${message}`, `${second}`])
  })
})
