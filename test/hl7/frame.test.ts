import { heapStats } from "bun:jsc"
import { describe, expect, test } from "bun:test"
import { type Framed, Framer, frame } from "../../src/hl7/frame.ts"

const VT = "\x0b"
const FS = "\x1c"
const END = `${FS}\r`
const A = "MSH|^~\\&|A||||||ORU^R01|1|P|2.5\rPID|1||P1\r"
const B = "MSH|^~\\&|B||||||ORU^R01|2|P|2.5\rPID|1||P2\r"

const bytes = (text: string) => Buffer.from(text)
const text = (one: Framed) => Buffer.from(one.bytes).toString()

/** What a stream of these chunks comes to, its end included; a byte a character, as text. */
function framed(chunks: readonly (string | Uint8Array)[], bytesMax = 1 << 20): string[] {
  const framer = new Framer(bytesMax)
  const found = chunks.flatMap((chunk) => framer.push(Buffer.from(chunk as string)))
  return [...found, ...framer.end()].map((one) => {
    if (one.kind === "frame") return `${one.started ? "frame" : "unbegun"} ${text(one)}`
    return `${one.kind} ${text(one)}`
  })
}

describe("a message in a frame comes out as it went in", () => {
  test.each([
    ["an ordinary message", A],
    ["nothing at all", ""],
    ["one byte", "M"],
    ["letters of more than one byte", "PID|1||Ñandú^Ωμέγα^北京\r"],
    ["segments that end with LF", A.replaceAll("\r", "\n")],
    ["a CR at its end", "MSH|\r\r\r"],
    ["a vertical tab in a text", `${A}OBX|1|TX|N||first${VT}second\r`],
  ])("%s", (_name, message) => {
    expect(frame(bytes(message))).toEqual(bytes(`${VT}${message}${END}`))
    expect(framed([frame(bytes(message))])).toEqual([`frame ${message}`])
  })

  test("a frame is 0x0B, the bytes, 0x1C and 0x0D", () => {
    expect([...frame(Uint8Array.of(1, 2))]).toEqual([0x0b, 1, 2, 0x1c, 0x0d])
  })
})

describe("what senders do to frames", () => {
  test.each<[string, string[], string[]]>([
    [
      "two frames in one read (apache/camel #26259 lost the second)",
      [`${VT}${A}${END}${VT}${B}${END}`],
      [`frame ${A}`, `frame ${B}`],
    ],
    [
      "FS and CR in different packets",
      [`${VT}${A}${FS}`, `\r${VT}${B}${END}`],
      [`frame ${A}`, `frame ${B}`],
    ],
    ["FS without CR", [`${VT}${A}${FS}${VT}${B}${FS}`], [`frame ${A}`, `frame ${B}`]],
    ["FS CR LF", [`${VT}${A}${END}\n${VT}${B}${END}\n`], [`frame ${A}`, `frame ${B}`]],
    [
      "NULs, line feeds and blanks between frames (nextgenhealthcare/connect #249)",
      [`\0\0\n${VT}${A}${END}\0\n\r \t`, `\0${VT}${B}${END}`],
      [`frame ${A}`, `frame ${B}`],
    ],
    ["no VT: its bytes are kept", [`${A}${END}`], [`unbegun ${A}`]],
    ["no VT between two messages", [`${VT}${A}${END}${B}${END}`], [`frame ${A}`, `unbegun ${B}`]],
    [
      "a sender that broke off and began again: never joined",
      [`${VT}${A.slice(0, 40)}`, `${VT}${B}${END}`],
      [`stray ${A.slice(0, 40)}`, `frame ${B}`],
    ],
    [
      "it began again with a byte order mark or a line break before its header",
      [`${VT}${A}${VT}\ufeff${A}${VT}\r\n${B}${END}`],
      [`stray ${A}`, `stray \ufeff${A}`, `frame \r\n${B}`],
    ],
    ["VT twice before one message", [`${VT}${VT}${A}${END}`], [`frame ${A}`]],
    ["a greeting before the first VT", [`hello${VT}${A}${END}`], ["stray hello", `frame ${A}`]],
    [
      "bytes without a frame after one",
      [`${VT}${A}${END}what else`],
      [`frame ${A}`, "cutOff what else"],
    ],
    ["no VT and no header: nobody waits for an answer", [`what${END}`], ["stray what"]],
    ["the end of the connection inside a frame", [`${VT}${A}`], [`cutOff ${A}`]],
    ["the end right after a VT", [`${VT}${A}${END}${VT}`], [`frame ${A}`]],
    ["nothing but noise", ["\0\r\n\r\n", `${FS}\r`], []],
  ])("%s", (_name, chunks, expected) => {
    expect(framed(chunks)).toEqual(expected)
  })

  test("a stream of two frames, split at every byte, is two frames", () => {
    const stream = bytes(`${VT}${A}ñ${END}${VT}北京${B}${END}`)
    for (let at = 0; at <= stream.length; at++) {
      const [head, tail] = [stream.subarray(0, at), stream.subarray(at)]
      expect(framed([head, tail])).toEqual([`frame ${A}ñ`, `frame 北京${B}`])
    }
    expect(framed(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual([
      `frame ${A}ñ`,
      `frame 北京${B}`,
    ])
  })

  test("why bytes are astray is told for the person who looks for the reason", () => {
    const framer = new Framer(1000)
    const found = framer.push(bytes(`junk${VT}${A}${VT}${B}${END}${VT}cut`))
    const reasons = [...found, ...framer.end()].flatMap((one) =>
      "reason" in one ? one.reason : [],
    )
    expect(reasons).toEqual([
      "bytes before a VT",
      "a new frame began inside this one",
      "the connection ended inside a frame",
    ])
  })
})

test("thousands of messages begun in one frame are a few pieces, and the last is a message", () => {
  const framer = new Framer(10_000_000)
  framer.push(bytes(`${VT}${A}`.repeat(200_000)))
  const found = framer.push(bytes(`${VT}${B}${END}`))
  expect(found.length).toBeLessThan(100)
  expect(found.at(-1)).toMatchObject({ kind: "frame", bytes: bytes(B) })
})

describe("an FS", () => {
  test.each<[string, string[], string[]]>([
    ["inside a text, or two", [`${VT}${A}a${FS}b${FS} c${END}`], [`frame ${A}a${FS}b${FS} c`]],
    [
      "inside a text, then a message",
      [`${VT}${A}${FS}b${END}${VT}${B}${END}`],
      [`frame ${A}${FS}b`, `frame ${B}`],
    ],
    ["inside a text of a message without an end", [`${VT}${A}${FS}b`], [`cutOff ${A}${FS}b`]],
    [
      "alone at the end of a read",
      [`${VT}${A}${FS}`, `${VT}${B}${FS}`],
      [`frame ${A}`, `frame ${B}`],
    ],
    ["twice, and then CR", [`${VT}${A}${FS}${END}${VT}${B}${END}`], [`frame ${A}`, `frame ${B}`]],
    [
      "and a blank, FS and CR, and no VT behind",
      [`${VT}${A}${FS} ${END}x${END}`],
      [`frame ${A}`, "stray x"],
    ],
    [
      "alone and no VT, split in the next header",
      [`${VT}${A}${FS}M`, `${B.slice(1)}${FS}\nMS`, `${A.slice(2)}${END}`],
      [`frame ${A}`, `unbegun ${B}`, `unbegun ${A}`],
    ],
    [
      "alone and junk: never acknowledged, since it could be half of a message",
      [`${VT}${A}${FS}junk${VT}${B}${END}`],
      [`stray ${A}${FS}junk`, `frame ${B}`],
    ],
  ])("%s", (_name, chunks, expected) => {
    expect(framed(chunks)).toEqual(expected)
  })

  test("at every other byte, or at every byte, takes no longer than others", () => {
    for (const text of ["x\x1c", "\x1c", " \x1c"]) {
      const framer = new Framer(10_000_000)
      const from = performance.now()
      expect(framer.push(bytes(`${VT}${A}${text.repeat(1_000_000)}x${END}`))).toHaveLength(1)
      expect(performance.now() - from).toBeLessThan(1_000)
    }
  })
})

describe("a frame larger than allowed", () => {
  test("is found once, and nothing after it", () => {
    const endless = Array.from({ length: 20 }, () => "x".repeat(10))
    expect(framed([VT, ...endless, `${END}${VT}${A}${END}`], 64)).toEqual([
      `tooLarge ${"x".repeat(64)}`,
    ])
  })

  test("is found before it has ended, so that endless bytes are not kept", () => {
    const framer = new Framer(8)
    expect(framer.push(bytes(`${VT}12345678`))).toEqual([])
    expect(framer.push(bytes("9"))).toMatchObject([{ kind: "tooLarge" }])
    expect(framer.push(bytes(`${END}${VT}1${END}`))).toEqual([])
    expect(framer.end()).toEqual([])
  })

  test("does not take the whole frame before it in the same read along", () => {
    expect(framed([`${VT}1234${END}${VT}123456789${END}`], 8)).toEqual([
      "frame 1234",
      "tooLarge 12345678",
    ])
  })

  test("is one byte over, not one under", () => {
    expect(framed([`${VT}12345678${END}`], 8)).toEqual(["frame 12345678"])
  })
})

test("a long message sent byte by byte is that message, in little more memory", () => {
  const message = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => 65 + (at % 26)))
  const framer = new Framer(1 << 22)
  framer.push(bytes(VT))
  for (const byte of message) framer.push(Uint8Array.of(byte))
  for (const more of [message, bytes(".")]) framer.push(more)
  // What is kept, not what waits to be collected: a chunk for every byte would be a million.
  Bun.gc(true)
  expect(heapStats().objectTypeCounts.Uint8Array ?? 0).toBeLessThan(100_000)
  const [whole] = framer.push(bytes(END))
  expect(Buffer.concat([message, message, bytes(".")]).equals(whole?.bytes ?? bytes(""))).toBe(true)
})

test("the beginning of a frame behind others keeps nothing of them in memory", () => {
  const framer = new Framer(1024 ** 2)
  const one = frame(Buffer.alloc(1000, "A"))
  framer.push(Buffer.concat([...Array.from({ length: 100 }, () => one), one.subarray(0, 100)]))
  const [begun] = framer.end()
  expect(begun?.bytes.length).toBe(99)
  expect(begun?.bytes.buffer.byteLength).toBeLessThan(1000)
})

describe("ten times the bytes take some ten times as long, not a hundred times:", () => {
  const timeOf = (letter: string, bytesSent: number) => {
    const chunk = Buffer.alloc(64 * 1024, letter)
    const framer = new Framer(64 * 1024 ** 2)
    const startedAt = performance.now()
    framer.push(bytes(`${VT}A`))
    for (let sent = 0; sent < bytesSent; sent += chunk.length) framer.push(chunk)
    expect(framer.push(bytes(END))[0]?.bytes.length).toBe(bytesSent + 1)
    return performance.now() - startedAt
  }
  // A vertical tab is looked at one by one, so that fewer of them show the same.
  test.each([
    ["letters", "A", 2 * 1024 ** 2],
    ["line feeds", "\n", 2 * 1024 ** 2],
    ["vertical tabs", VT, 128 * 1024],
  ])("%s", (_name, letter, few) => {
    const best = (count: number) => Math.min(...[1, 2, 3].map(() => timeOf(letter, count)))
    // The machine may be busy, and small times are coarse.
    expect(best(10 * few) / Math.max(best(few), 0.5)).toBeLessThan(50)
  })
})
