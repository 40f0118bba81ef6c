import { describe, expect, test } from "bun:test"
import { encodingNamed } from "../../src/hl7/charset.ts"
import { parseMessage } from "../../src/hl7/message.ts"

/** A message whose MSH-18 is `name` and whose PID-5 is these bytes. */
function message(name: string, family: number[]): Uint8Array {
  const before = `MSH|^~\\&|LAB||||||ADT^A08|1|P|2.5||||||${name}\rPID|1||A1||`
  return Uint8Array.from([...new TextEncoder().encode(before), ...family, 13])
}

const utf8 = [0xc3, 0xa9]
const latin1 = [0xe9]

describe("the charset of a message", () => {
  test.each([
    ["8859/1", latin1, "é"],
    ["8859/5", [0xb6], "Ж"],
    ["8859/15", [0xa4], "€"],
    ["UNICODE UTF-8", utf8, "é"],
    ["GB 18030-2000", [0xd6, 0xd0], "中"],
    ["BIG-5", [0xa4, 0xa4], "中"],
    ["KS X 1001", [0xc7, 0xd1], "한"],
    ["ISO IR87", [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42], "山"],
  ])("is the one MSH-18 names: %s", (name, family, text) => {
    const parsed = parseMessage(message(name, family))
    expect(parsed.first("PID")?.text(5)).toBe(text)
    expect([parsed.charset.from, parsed.notes]).toEqual(["MSH-18", []])
  })

  test("is UTF-8 where a Mindray analyzer writes UNICODE", () => {
    expect(parseMessage(message("UNICODE", utf8)).first("PID")?.text(5)).toBe("é")
  })

  test("is what the source was told when MSH-18 is empty", () => {
    const parsed = parseMessage(message("", [0xe4]), { charset: "8859/5" })
    expect(parsed.charset).toEqual({ name: "iso-8859-5", from: "source" })
    expect(parsed.first("PID")?.text(5)).toBe("ф")
  })

  test("is found from the bytes when nobody names one", () => {
    const found = (family: number[]) => parseMessage(message("", family))
    expect(found(utf8).charset).toEqual({ name: "utf-8", from: "detected" })
    expect(found(latin1).charset).toEqual({ name: "windows-1252", from: "fallback" })
    expect(found(latin1).first("PID")?.text(5)).toBe("é")
  })

  test.each([
    ["KLINGON", utf8, "the charset that MSH-18 names is unknown", "utf-8, by its bytes"],
    ["ASCII", utf8, "the bytes are not in the charset of MSH-18", "utf-8, by its bytes"],
    [
      "UNICODE UTF-8",
      latin1,
      "the bytes are not in the charset of MSH-18",
      "windows-1252, as its bytes are not utf-8",
    ],
  ])("that is unknown or a lie, as %s, is noted, and the name arrives whole", (...told) => {
    const [name, family, problem, used] = told
    const parsed = parseMessage(message(name, family))
    expect(parsed.notes).toEqual([problem, `charset: ${used}`])
    expect(parsed.first("PID")?.text(5)).toBe("é")
  })

  test("is noted, and why, where MSH-18 did not name it", () => {
    const notes = (...given: Parameters<typeof parseMessage>) => parseMessage(...given).notes
    const told = notes(message("", [0xe4]), { charset: "8859/5" })
    expect(told).toEqual(["charset: iso-8859-5, as the source's settings say"])
    expect(notes(message("", utf8))).toEqual(["charset: utf-8, by its bytes"])
    expect(notes(message("", latin1))).toEqual([
      "charset: windows-1252, as its bytes are not utf-8",
    ])
    expect(notes(message("8859/1", latin1))).toEqual([])
  })

  test("is not noted where every charset reads the same", () => {
    const plain = message("", [0x41])
    expect(parseMessage(plain).notes).toEqual([])
    expect(parseMessage(Buffer.concat([Buffer.from("\ufeff"), plain])).notes).toEqual([])
  })

  test("of an escape in an ASCII message is UTF-8, of which ASCII is a part", () => {
    const escaped = new TextEncoder().encode("caf\\XC3A9\\")
    expect(
      parseMessage(message("ASCII", [...escaped]))
        .first("PID")
        ?.text(5),
    ).toBe("café")
  })

  test("is read from MSH-18's first repetition", () => {
    expect(parseMessage(message("8859/1~UNICODE UTF-8", latin1)).charset.from).toBe("MSH-18")
  })

  test("does not let a second byte that looks like a separator split a field", () => {
    // In GB 18030 this character ends with the byte of "|".
    const parsed = parseMessage(message("GB 18030-2000", [0x81, 0x7c]))
    expect(parsed.first("PID")?.text(5)?.length).toBe(1)
  })
})

test("names of charsets that nobody has are unknown, not guessed", () => {
  for (const name of ["8859/12", "8859/16x", "", "toString", "UNICODE UTF-16"]) {
    expect(encodingNamed(name)).toBeUndefined()
  }
})
