import type { Head, Malformed } from "../message.ts"
import { delimitersOf, parseMessage, type Repetition, Segment } from "./message.ts"
import { patientKey } from "./subject.ts"

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

/** Of the segments intake reads: 10 MiB of repetitions in PID-3 held everybody up for 5 s. */
const linesMax = 1_000
const lineBytesMax = 262_144

/**
 * Reads what intake needs straight off the bytes: MSH, and the patient keys of the PID and MRG
 * segments. What a message of 20 MB holds besides is only walked over.
 */
export function readHead(
  bytes: Uint8Array,
  options: { charset?: string | undefined; assigner?: string | undefined },
): Read {
  const lines = linesOf(bytes)
  const [msh] = lines
  if (msh === undefined || msh.toString("latin1", 0, 3) !== "MSH") {
    return refuse(undefined, 100, "MSH", "there is no MSH segment at the start")
  }
  const header = headerOf(msh.toString("latin1"))
  if (header.separator === "" || header.encoding === "") {
    return refuse(undefined, 101, "MSH^1^2", "MSH-1 and MSH-2 do not give the delimiters")
  }
  const type = typeOf(header)
  if (type === "") return refuse(header, 101, "MSH^1^9", "MSH-9 does not give the message type")
  const controlId = header.field(10)
  if (controlId.trim() === "") return refuse(header, 101, "MSH^1^10", "MSH-10 gives no control id")
  if (lines.length > linesMax || lines.some((line) => line.length > lineBytesMax)) {
    return refuse(header, 102, "PID", "its PID or MRG segments are beyond anything a patient has")
  }
  const subjects = subjectsOf(segmentsOf(lines, options), options.assigner)
  return { read: { head: { type, controlId, subjects } }, header }
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
  const [code = "", event = ""] = field(9)
    .split(encoding[0] ?? "^")
    .map((part) => part.trim())
  return event === "" ? code : `${code}^${event}`
}

/** The segments intake reads, each with its CR: the first, whatever it is, every PID and MRG. */
function linesOf(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lines: Buffer[] = []
  let cr = -1
  let lf = -1
  for (let start = startOf(buffer), end = start; start < buffer.length; start = end + 1) {
    // Each is looked for again only once it is passed: a long text has few of the one or other.
    if (cr < start) cr = indexOrEnd(buffer, 0x0d, start)
    if (lf < start) lf = indexOrEnd(buffer, 0x0a, start)
    end = Math.min(cr, lf)
    const name = nameAt(buffer, start)
    if (lines.length > 0 && name !== pid && name !== mrg) continue
    lines.push(buffer.subarray(start, end))
  }
  return lines
}

const pid = 0x504944
const mrg = 0x4d5247

/** The three letters that begin a segment, as one number: no string is made for each of them. */
function nameAt(buffer: Buffer, start: number): number {
  return ((buffer[start] ?? 0) << 16) | ((buffer[start + 1] ?? 0) << 8) | (buffer[start + 2] ?? 0)
}

/**
 * The segments behind the lines. Lines of printable ASCII read the same in every charset, so the
 * message's own need not be found out: 2 µs a message, where parsing takes 7.
 */
function segmentsOf(
  lines: readonly Buffer[],
  options: { charset?: string | undefined },
): Segment[] {
  const [msh = Buffer.alloc(0), ...others] = lines
  const delimiters = delimitersOf(msh.toString("latin1"))
  if (!others.every((line) => isPlain(line, delimiters.escape))) {
    return parseMessage(Buffer.concat(lines.flatMap((line) => [line, segmentEnd])), options)
      .segments
  }
  return others.map((line) => new Segment(line.toString("latin1"), delimiters, "utf-8"))
}

const segmentEnd = Buffer.from("\r")

/** Printable ASCII without an escape, which may stand for bytes of the message's charset. */
function isPlain(line: Buffer, mark: string): boolean {
  if (mark !== "" && line.includes(mark)) return false
  for (let at = 0; at < line.length; at++) {
    const byte = line[at] ?? 0
    if (byte < 0x20 || byte > 0x7e) return false
  }
  return true
}

function indexOrEnd(buffer: Buffer, byte: number, from: number): number {
  const at = buffer.indexOf(byte, from)
  return at < 0 ? buffer.length : at
}

/** Where the message begins: a byte order mark and white space before it mean nothing. */
function startOf(buffer: Buffer): number {
  let at = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0
  while (at < buffer.length && (buffer[at] ?? 0xff) <= 0x20) at++
  return at
}

function headerOf(msh: string): Header {
  const separator = msh[3] ?? ""
  const fields = separator === "" ? [] : msh.split(separator)
  return { separator, encoding: fields[1] ?? "", field: (number) => fields[number - 1] ?? "" }
}

/** Every PID-3 repetition and MRG-1; the second counts apart, so that it is never cut off. */
function subjectsOf(segments: readonly Segment[], assigner: string | undefined): string[] {
  const named = (name: string, field: number) =>
    keysOf(
      segments.flatMap((one) => (one.name === name ? one.repetitions(field) : [])),
      assigner,
    )
  return [...new Set([...named("PID", 3), ...named("MRG", 1)])]
}

/** The first different keys of these patient numbers, as the maps key them. */
function keysOf(numbers: readonly Repetition[], assigner: string | undefined): string[] {
  const keys = numbers.map((number) => {
    const part = (component: number, sub = 1) => number.text(component, sub) ?? ""
    const [namespace, universalId, universalIdType] = [part(4, 1), part(4, 2), part(4, 3)]
    return patientKey({ id: part(1), namespace, universalId, universalIdType }, assigner)
  })
  return [...new Set(keys.filter((key) => key !== undefined))].slice(0, numbersMax)
}
