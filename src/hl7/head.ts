import type { Head, Malformed } from "../message.ts"
import { blotted } from "./double-byte.ts"
import { delimitersOf, parseMessage, type Repetition, Segment } from "./message.ts"
import { assignerAbove, isPlaceholder, patientKey, patientNumberIn } from "./subject.ts"
import { isUrgent } from "./urgent.ts"

/**
 * The MSH segment as it came, byte for byte (Latin-1), so that a reply can give the sender back
 * its own delimiters, names and control id in its own charset, whatever that is.
 */
export interface Header {
  separator: string
  /** MSH-2; its first character separates components. */
  encoding: string
  /** A field by the standard's number, from 3; empty where there is none. */
  field(number: number): string
}

/** What was read off a message, and the header a reply is made from where there was one. */
export interface Read {
  read: { head: Head } | { malformed: Malformed }
  header: Header | undefined
}

/** More numbers than this for one patient were never seen; each costs a place in a lane. */
const numbersMax = 8
/** Laboratories do send a day's patients in one message. */
const subjectsMax = 256

/** Of the segments intake reads: 10 MiB of repetitions in PID-3 held everybody up for 5 s. */
const linesMax = 1_000
const lineBytesMax = 262_144

/**
 * Reads what intake needs straight off the bytes: MSH, the patient keys of the PID and MRG
 * segments, and whether it is urgent. What a message of 20 MB holds besides is only searched.
 */
export function readHead(
  bytes: Uint8Array,
  options: { charset?: string | undefined; assigner?: string | undefined },
): Read {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const msh = lineAt(buffer, startOf(buffer))
  if (!msh.text.startsWith("MSH")) {
    return refuse(undefined, 100, "MSH", "there is no MSH segment at the start")
  }
  const header = headerOf(msh.text, options.charset)
  if (header.separator === "" || header.encoding === "") {
    return refuse(undefined, 101, "MSH^1^2", "MSH-1 and MSH-2 do not give the delimiters")
  }
  const type = typeOf(header)
  if (type === "") return refuse(header, 101, "MSH^1^9", "MSH-9 does not give the message type")
  const controlId = header.field(10)
  if (controlId.trim() === "") return refuse(header, 101, "MSH^1^10", "MSH-10 gives no control id")
  const lines = patientLines(buffer)
  if (lines.length >= linesMax || msh.cut || lines.some(({ cut }) => cut)) {
    return refuse(header, 102, "PID", "its PID or MRG segments are beyond anything a patient has")
  }
  const subjects = subjectsOf(segmentsOf(msh, lines, options), options.assigner)
  const urgent = isUrgent(buffer, header)
  return { read: { head: { type, controlId, subjects, urgent } }, header }
}

function refuse(
  header: Header | undefined,
  code: Malformed["code"],
  location: string,
  reason: string,
): Read {
  return { read: { malformed: { code, location, reason } }, header }
}

/** MSH-9 as `code^event`, whatever the message's own delimiters; the code where it stands alone. */
export function typeOf({ encoding, field }: Header): string {
  const [code = "", event = ""] = field(9).split(encoding[0] ?? "^", 2)
  return event.trim() === "" ? code.trim() : `${code.trim()}^${event.trim()}`
}

/** One segment's line, without its end. */
interface Line {
  at: number
  /** Its bytes as Latin-1. */
  text: string
  /** Only printable ASCII stands in it. */
  plain: boolean
  /** It goes on beyond what is read of it. */
  cut: boolean
}

/** The line that begins at `start`. */
function lineAt(buffer: Buffer, start: number): Line {
  const limit = Math.min(buffer.length, start + lineBytesMax)
  let plain = true
  let end = start
  for (; end < limit; end++) {
    const byte = buffer[end] ?? 0
    if (byte === 0x0d || byte === 0x0a) break
    if (byte < 0x20 || byte > 0x7e) plain = false
  }
  const cut = end === limit && limit < buffer.length
  return { at: start, text: buffer.toString("latin1", start, end), plain, cut }
}

/** What a PID or MRG segment begins with, behind either end of the line before it. */
const patientMarks = ["\rPID", "\nPID", "\rMRG", "\nMRG"].map((mark) => Buffer.from(mark))

/** The lines of the PID and MRG segments, in the order of the message; at most one too many. */
function patientLines(buffer: Buffer): Line[] {
  const lines: Line[] = []
  for (const mark of patientMarks) {
    let at = buffer.indexOf(mark)
    for (; at >= 0 && lines.length < linesMax; at = buffer.indexOf(mark, at + mark.length)) {
      lines.push(lineAt(buffer, at + 1))
    }
  }
  return lines.length > 1 ? lines.sort((one, other) => one.at - other.at) : lines
}

/**
 * The segments behind the lines. Lines of printable ASCII without an escape, which may stand for
 * bytes of the message's charset, read the same in every charset: it need not be found out.
 */
function segmentsOf(
  msh: Line,
  lines: readonly Line[],
  options: { charset?: string | undefined },
): Segment[] {
  const delimiters = delimitersOf(msh.text)
  const mark = delimiters.escape
  if (lines.every(({ plain, text }) => plain && (mark === "" || !text.includes(mark)))) {
    const { field } = delimiters
    return lines.map(({ text }) => new Segment(upTo(text, field, 3), delimiters, "utf-8"))
  }
  const text = [msh, ...lines].map((line) => `${line.text}\r`).join("")
  return parseMessage(Buffer.from(text, "latin1"), options).segments
}

/** Where the message begins: a byte order mark and white space before it mean nothing. */
export function startOf(buffer: Buffer): number {
  let at = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0
  while (at < buffer.length && (buffer[at] ?? 0xff) <= 0x20) at++
  return at
}

/** A header segment's line (MSH, BHS or FHS) as Latin-1, by its fields. */
export function headerOf(line: string, charset?: string): Header {
  const separator = line[3] ?? ""
  const fields = separator === "" ? [] : fieldsOf(line, separator, charset)
  return { separator, encoding: fields[1] ?? "", field: (number) => fields[number - 1] ?? "" }
}

/** Split where the separators are, not where the second byte of a character looks like one. */
function fieldsOf(line: string, separator: string, charset: string | undefined): string[] {
  const blot = blotted(line, charset)
  if (blot === line) return line.split(separator)
  let at = 0
  return blot.split(separator).map((field) => {
    const start = at
    at += field.length + separator.length
    return line.slice(start, start + field.length)
  })
}

/** The segment up to that field: to take apart the thirty behind it took half of the time. */
function upTo(text: string, separator: string, field: number): string {
  let end = -1
  for (let count = 0; count <= field; count++) {
    end = text.indexOf(separator, end + 1)
    if (end < 0) return text
  }
  return text.slice(0, end)
}

/** Every PID-3 repetition and MRG-1 of each patient: none is cut off by those of another. */
function subjectsOf(segments: readonly Segment[], assigner: string | undefined): string[] {
  const subjects: string[] = []
  for (const [name, field] of patientNumbers) {
    for (const segment of segments) {
      let numbers = 0
      if (segment.name !== name) continue
      const prior = name === "MRG" && !assigner
      const of = prior ? assignerAbove(segments, segment) : assigner
      for (const number of segment.repetitions(field)) {
        const key = keyOf(number, of)
        if (numbers === numbersMax || subjects.length === subjectsMax) break
        if (key === undefined || subjects.includes(key)) continue
        subjects.push(key)
        numbers++
      }
    }
  }
  return subjects
}

const patientNumbers = [
  ["PID", 3],
  ["MRG", 1],
] as const

/** The key of a patient number (CX), as the maps key it. */
function keyOf(cx: Repetition, assigner: string | undefined): string | undefined {
  const number = patientNumberIn(cx)
  return isPlaceholder(number.id) ? undefined : patientKey(number, assigner)
}
