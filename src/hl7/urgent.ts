import type { Header } from "./head.ts"

const cr = 0x0d
const lf = 0x0a
const space = 0x20

/** A field that says how urgent a message is, and the words that say it is. */
interface Telling {
  field: number
  component: number
  words: ReadonlySet<number>
}

/** Table 0485, and what is written for it: at once, or as soon as possible. */
const priorities = wordsOf("S", "A", "STAT", "ASAP")
/** Table 0078: beyond a panic limit, or very abnormal. */
const flags = wordsOf("HH", "LL", "AA")
const wordMax = 4

const tellings: ReadonlyMap<number, Telling> = new Map([
  [letters("OBX"), { field: 8, component: 1, words: flags }],
  [letters("OBR"), { field: 27, component: 6, words: priorities }],
  [letters("ORC"), { field: 7, component: 6, words: priorities }],
  [letters("TQ1"), { field: 9, component: 1, words: priorities }],
])

/** More segments than a message has; and a field that says it does not lie behind a document. */
const segmentsMax = 10_000
const segmentBytesMax = 65_536

/**
 * Whether a message should not wait behind others: a STAT order (OBR-27.6, ORC-7.6, TQ1-9) or a
 * critical result (OBX-8). It is read byte by byte, whatever the charset: a character that looks
 * like a separator costs a message its place in the queue, and nothing else.
 */
export function isUrgent(bytes: Buffer, header: Pick<Header, "separator" | "encoding">): boolean {
  const marks = {
    field: header.separator.charCodeAt(0),
    component: header.encoding.charCodeAt(0),
    repetition: header.encoding.charCodeAt(1),
  }
  const ending = bytes.includes(cr) ? cr : lf
  let at = 0
  for (let segments = 0; at < bytes.length && segments < segmentsMax; segments++) {
    const found = bytes.indexOf(ending, at)
    const end = found < 0 ? bytes.length : found
    const telling = tellings.get(lettersAt(bytes, at))
    const line = { bytes, start: at, end: Math.min(end, at + segmentBytesMax) }
    if (telling && says(line, telling, marks)) return true
    at = bytes[end + 1] === lf ? end + 2 : end + 1
  }
  return false
}

/** Where a segment stands, without its end. */
interface Line {
  bytes: Buffer
  start: number
  end: number
}

interface Marks {
  field: number
  component: number
  repetition: number
}

/** Where that field of the segment at `start` begins; -1 where the segment ends before it. */
function fieldAt({ bytes, start, end }: Line, number: number, separator: number): number {
  let field = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === separator && ++field === number) return at + 1
  }
  return -1
}

/** Whether a repetition of the field is one of the words. */
function says(line: Line, { field, component, words }: Telling, marks: Marks): boolean {
  const { bytes, end } = line
  let from = fieldAt(line, field, marks.field)
  if (from < 0) return false
  let count = 1
  for (let at = from; at <= end; at++) {
    const byte = at < end ? bytes[at] : marks.field
    if (byte !== marks.field && byte !== marks.component && byte !== marks.repetition) continue
    if (count === component && at - from <= wordMax && words.has(wordIn(bytes, from, at)))
      return true
    if (byte === marks.field) return false
    count = byte === marks.component ? count + 1 : 1
    from = at + 1
  }
  return false
}

/** Up to four letters as one number, small ones as large ones and without spaces. */
function wordIn(bytes: Buffer, from: number, to: number): number {
  let word = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte !== space) word = (word << 8) | (byte & 0xdf)
  }
  return word
}

function wordsOf(...words: string[]): ReadonlySet<number> {
  return new Set(words.map((word) => wordIn(Buffer.from(word), 0, word.length)))
}

/** The three letters a segment begins with, as one number. */
function letters(name: string): number {
  return lettersAt(Buffer.from(name), 0)
}

function lettersAt(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
}
