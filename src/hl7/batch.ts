import { ackTime, noHeader } from "./ack.ts"
import { type Header, headerOf, startOf } from "./head.ts"
import { startsOf } from "./split.ts"

/** A batch file taken apart (HL7 v2.5.1, 2.10.3): FHS { BHS { messages } BTS } FTS. */
export interface Batch {
  /** FHS, where there is one. */
  file: Header | undefined
  groups: Group[]
}

/** One batch of a file. */
export interface Group {
  /** BHS, where there is one. */
  header: Header | undefined
  /** Its messages, in their order, and what stands between them and is none. */
  parts: Uint8Array[]
  /** BTS-1, how many messages the sender counted; undefined where it did not say. */
  announced: number | undefined
}

/** What begins a file, a batch and a message, and what ends the first two. */
const marks = ["FHS", "BHS", "MSH", "BTS", "FTS"] as const

const wrappers: ReadonlySet<string> = new Set(["FHS", "BHS", "BTS", "FTS"])

/** The batch in a piece of bytes; undefined where it begins as a message, or as anything else. */
export function batchIn(bytes: Uint8Array): Batch | undefined {
  // Nearly every message leaves here, at the cost of one look: it begins with the M of MSH.
  if (bytes[0] === 0x4d) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const begin = startOf(buffer)
  if (!wrappers.has(buffer.toString("latin1", begin, begin + 3))) return undefined
  const starts = marks.flatMap((mark) => startsOf(buffer, mark).map((at) => ({ mark, at })))
  starts.sort((one, other) => one.at - other.at)
  if (starts[0]?.at !== begin) return undefined
  const batch: Batch = { file: undefined, groups: [] }
  for (const [index, { mark, at }] of starts.entries()) {
    addPiece(batch, mark, buffer.subarray(at, starts[index + 1]?.at))
  }
  return batch
}

/** Adds what stands from one mark to the next. Lines behind a wrapper's own are kept, too. */
function addPiece(batch: Batch, mark: (typeof marks)[number], piece: Buffer): void {
  const end = mark === "MSH" ? 0 : lineEnd(piece)
  const line = piece.toString("latin1", 0, end)
  if (mark === "FHS") batch.file ??= headerOf(line)
  if (mark === "BHS") addGroup(batch, headerOf(line))
  const rest = piece.subarray(end)
  const group = () => batch.groups.at(-1) ?? addGroup(batch, undefined)
  if (rest.some((byte) => byte > 0x20)) group().parts.push(rest)
  const [, announced] = /^BTS\W\s*(\d{1,9})/.exec(line) ?? []
  if (announced !== undefined) group().announced = Number(announced)
}

function addGroup(batch: Batch, header: Header | undefined): Group {
  const group: Group = { header, parts: [], announced: undefined }
  batch.groups.push(group)
  return group
}

function lineEnd(piece: Buffer): number {
  const end = piece.findIndex((byte) => byte === 0x0d || byte === 0x0a)
  return end < 0 ? piece.length : end
}

/** What a wrapped reply is made from. */
export interface Wrapping {
  /** The acknowledgements to the messages of each group, in the order of `groups`. */
  acks: readonly (readonly Uint8Array[])[]
  /** Gives BHS-11 and FHS-11, another one every time. */
  controlId: () => string
  /** BHS-7 and FHS-7, in ms since 1970. */
  at: number
}

/**
 * The acknowledgements to a batch, in a batch of their own (2.10.3.2): wrapped as the messages
 * were, sender and receiver swapped, the sender's control id as the reference (BHS-12, FHS-12).
 */
export function wrapped({ file, groups }: Batch, { acks, controlId, at }: Wrapping): Buffer {
  const header = (mark: string, from: Header | undefined) => {
    const { separator: s, encoding, field } = from ?? noHeader
    const names = [field(5), field(6), field(3), field(4)].join(s)
    const ids = `${controlId()}${s}${field(11)}`
    return Buffer.from(
      `${mark}${s}${encoding}${s}${names}${s}${ackTime(at)}${s.repeat(4)}${ids}\r`,
      "latin1",
    )
  }
  const trailer = (mark: string, from: Header | undefined, count: number) =>
    Buffer.from(`${mark}${from?.separator ?? "|"}${count}\r`, "latin1")
  const parts: Uint8Array[] = []
  if (file) parts.push(header("FHS", file))
  for (const [index, group] of groups.entries()) {
    const own = acks[index] ?? []
    const from = group.header ?? file
    parts.push(header("BHS", from), ...own, trailer("BTS", from, own.length))
  }
  if (file) parts.push(trailer("FTS", file, groups.length))
  return Buffer.concat(parts)
}
