import { type Charset, charsetOf, decode, type Encoding, encodingNamed } from "./charset.ts"
import { blotted } from "./double-byte.ts"
import { type Delimiters, hasControls, occurring, undelimited, withoutControls } from "./escape.ts"
import { Repetition, split } from "./repetition.ts"

export { Repetition } from "./repetition.ts"

/** A v2 message, split into segments; a segment's fields are split when first asked for. */
export interface ParsedMessage {
  /** In the order of the message. */
  segments: Segment[]
  charset: Charset
  /** What was odd about the bytes, for the trail; no message content. */
  notes: string[]
  /** The first segment of that name. */
  first(name: string): Segment | undefined
  /** Every segment of that name, in the order of the message. */
  all(name: string): Segment[]
}

/**
 * Reads the bytes of one message. Delimiters come from its own MSH, segments end with CR, LF or
 * both, and `charset` is what the source was told for messages whose MSH-18 says nothing. Never
 * throws: bytes without an MSH give a message with the usual delimiters and a note.
 */
export function parseMessage(
  bytes: Uint8Array,
  options: { charset?: string | undefined } = {},
): ParsedMessage {
  const header = headerOf(bytes)
  const delimiters = delimitersOf(header)
  const named = msh18(blotted(header, options.charset), delimiters)
  const { charset, notes } = charsetOf(bytes, named, options.charset)
  if (header === "") notes.push("no MSH segment")
  const text = decode(bytes, charset.name).trim()
  const standing = occurring(delimiters, text)
  const lines = linesOf(text, delimiters, notes)
  const segments = lines.map((line) => new Segment(line, standing, charset.name))
  return {
    segments,
    charset,
    notes,
    first: (name) => segments.find((segment) => segment.name === name),
    all: (name) => segments.filter((segment) => segment.name === name),
  }
}

/**
 * One segment. Fields, components and subcomponents are counted from 1, as the standard does. What
 * was split once is kept: a map asks for most parts of a field one by one, and for many twice.
 */
export class Segment {
  readonly name: string
  readonly #text: string
  readonly #delimiters: Delimiters
  readonly #charset: Encoding
  readonly #isHeader: boolean
  #fields: string[] | undefined
  /** Of the fields asked for so far, by their number. */
  readonly #repetitions: (readonly Repetition[])[] = []

  constructor(text: string, delimiters: Delimiters, charset: Encoding) {
    this.name = text.slice(0, 3)
    this.#text = text
    this.#delimiters = delimiters
    this.#charset = charset
    this.#isHeader = this.name === "MSH" || this.name === "BHS" || this.name === "FHS"
  }

  /**
   * One part of a field's first repetition, unescaped and without white space around it;
   * undefined when it is empty or `""`.
   */
  text(field: number, component = 1, subcomponent = 1): string | undefined {
    return this.#split(field)[0]?.text(component, subcomponent)
  }

  /** One component of the first repetition, as `Repetition.component` gives it. */
  component(field: number, component = 1): string | undefined {
    return this.#split(field)[0]?.component(component)
  }

  /** Whether the sender deletes the field: it is exactly `""` (2.5.1, 2.5.3). */
  deleted(field: number): boolean {
    const deleted = this.raw(field).trim() === '""'
    // It has been read, though there is nothing in it to split.
    if (deleted) this.#repetitions[field] ??= none
    return deleted
  }

  /** The repetitions that hold anything, `""` not counted. */
  repetitions(field: number): readonly Repetition[] {
    if (this.#isHeader && field <= 2) return none
    const all = this.#split(field)
    for (const one of all) if (one.empty()) return all.filter(saysSomething)
    return all
  }

  /** The field as it stands in the message, separators and escapes not decoded. */
  raw(field: number): string {
    if (this.#fields === undefined) {
      this.#fields = split(this.#text, this.#delimiters.field)
      // MSH-1 is the separator itself: what stands after it is one further than it seems.
      if (this.#isHeader) this.#fields.splice(1, 0, this.#delimiters.field)
    }
    return this.#fields[field] ?? ""
  }

  /**
   * Whether one of these fields is there. To ask first of those that few senders fill spares what
   * reads them its empty lists, which are most of what a message leaves behind in memory.
   */
  says(fields: readonly number[]): boolean {
    for (const field of fields) if (this.raw(field) !== "") return true
    return false
  }

  /** The numbers of the fields that hold anything; the header's delimiters are none. */
  populated(): number[] {
    this.raw(0)
    const numbers: number[] = []
    const fields = this.#fields ?? []
    for (let field = this.#isHeader ? 3 : 1; field < fields.length; field++) {
      const text = fields[field]
      // Most fields are empty, and to ask that first costs a tenth of a trim.
      if (text !== "" && text?.trim()) numbers.push(field)
    }
    return numbers
  }

  /** Whether anybody asked for what is in the field so far. */
  wasRead(field: number): boolean {
    return this.#repetitions[field] !== undefined
  }

  #split(field: number): readonly Repetition[] {
    const before = this.#repetitions[field]
    if (before !== undefined) return before
    const raw = this.raw(field)
    if (raw === "") return none
    // MSH-2 is made of the delimiters, and nothing is delimited in it.
    const delimiters = this.#isHeader && field <= 2 ? undelimited : this.#delimiters
    const repetitions: Repetition[] = []
    for (const text of split(raw, delimiters.repetition)) {
      repetitions.push(new Repetition(text, delimiters, this.#charset))
    }
    this.#repetitions[field] = repetitions
    return repetitions
  }
}

const none: readonly Repetition[] = []

function saysSomething(repetition: Repetition): boolean {
  return !repetition.empty()
}

/** The MSH segment's bytes as Latin-1: a character a byte, whatever its charset. */
function headerOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = buffer.indexOf("MSH")
  const before = buffer[start - 1] ?? 0
  // White space, the VT of a frame and the last byte of a UTF-8 byte order mark may stand before.
  if (start < 0 || (before > 0x20 && before !== 0xbf)) return ""
  const ends = [buffer.indexOf(13, start), buffer.indexOf(10, start)].filter((end) => end >= 0)
  return buffer.toString("latin1", start, ends.length > 0 ? Math.min(...ends) : buffer.length)
}

/** The delimiters that MSH-1 and MSH-2 give; the usual ones where there is no MSH. */
export function delimitersOf(header: string): Delimiters {
  const field = header[3] ?? "|"
  const end = header.indexOf(field, 4)
  const encoding = header.slice(4, end < 0 ? undefined : end) || "^~\\&"
  return {
    field,
    component: encoding[0] ?? "",
    repetition: encoding[1] ?? "",
    escape: encoding[2] ?? "",
    subcomponent: encoding[3] ?? "",
  }
}

/**
 * The first charset that MSH-18 names. The Japanese one comes second, behind an empty or ASCII
 * first (2.5.1, 2.14.9.18), and reads ASCII as well.
 */
function msh18(header: string, delimiters: Delimiters): string {
  const field = split(header, delimiters.field)[17]
  if (!field) return ""
  const names = split(field, delimiters.repetition).map((name) => name.trim())
  const switched = names.find((name) => encodingNamed(name) === "iso-2022-jp")
  return switched ?? names.find((name) => name !== "") ?? ""
}

/**
 * The segments' texts. A line that does not begin as a segment is taken for the rest of the one
 * before: senders do put bare line breaks into texts, and dropping the line would lose results.
 */
function linesOf(text: string, delimiters: Delimiters, notes: string[]): string[] {
  const lines: string[] = []
  for (const line of text.split(text.includes("\n") ? lineEnd : "\r")) {
    const separated = line.length === 3 || line[3] === delimiters.field
    const last = lines.length - 1
    if (line === "") continue
    if ((separated && segmentName.test(line)) || last < 0) lines.push(line)
    else {
      const note = `a line break inside a ${lines[last]?.slice(0, 3)} segment`
      if (!notes.includes(note)) notes.push(note)
      lines[last] += `\n${line}`
    }
  }
  return hasControls(text) ? lines.map(withoutControls) : lines
}

const lineEnd = /\r\n|\r|\n/
const segmentName = /^[A-Z][A-Z0-9]{2}/
