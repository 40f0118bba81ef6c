import type { Malformed } from "../message.ts"
import type { Header } from "./head.ts"

/** MSA-1 (HL7 v2.5.1, table 0008): accepted, in error, refused; C at the accept level of
 * enhanced mode, A at the level of the application, and in original mode. */
export type AckCode = "AA" | "AE" | "AR" | "CA" | "CE" | "CR"

/** What an acknowledgement is made from. */
export interface Ack {
  code: AckCode
  /** ERR-2, ERR-3 and ERR-8 of a negative one. */
  error?: Malformed | undefined
  /** The reply's own MSH-10, and MSH-7 in ms since 1970. */
  controlId: string
  at: number
}

/** What a sender is told when its message can't be stored now, so that it sends it again later. */
export const notNow: Malformed = {
  code: 207,
  location: "",
  reason: "The message can't be stored at the moment; please send it again later",
}

/** Table 0357, the codes this gateway answers with. */
const errors: Record<Malformed["code"], string> = {
  100: "Segment sequence error",
  101: "Required field missing",
  102: "Data type error",
  103: "Table value not found",
  200: "Unsupported message type",
  201: "Unsupported event code",
  202: "Unsupported processing id",
  203: "Unsupported version id",
  207: "Application internal error",
}

/** Stands in where there was no header: the usual delimiters, and nobody's name. */
export const noHeader: Header = { separator: "|", encoding: "^~\\&", field: () => "" }

/**
 * The acknowledgement of one message: sender and receiver swapped, MSH-11, MSH-12 and MSH-18 its
 * own, MSA-2 its MSH-10, in its own delimiters and bytes (2.5.1, 2.13.9 and 2.15.8). Without a
 * header the usual delimiters are used, and MSA-2 stays empty: it could only name a wrong message.
 */
export function ack(header: Header | undefined, { code, error, controlId, at }: Ack): Buffer {
  const { separator: s, encoding, field } = header ?? noHeader
  const component = encoding[0] ?? "^"
  const [, event = ""] = field(9).split(component, 2)
  const type = event === "" ? "ACK" : `ACK${component}${event}${component}ACK`
  const names = `${field(5)}${s}${field(6)}${s}${field(3)}${s}${field(4)}`
  const processing = `${controlId}${s}${field(11) || "P"}${s}${field(12) || "2.5.1"}`
  const charset = field(18) === "" ? "" : `${s.repeat(6)}${field(18)}`
  const msh = `MSH${s}${encoding}${s}${names}${s}${ackTime(at)}${s}${s}${type}${s}${processing}`
  const head = `${msh}${charset}\r`
  const msa = `MSA${s}${code}${s}${field(10)}`
  if (!error) return Buffer.from(`${head}${msa}\r`, "latin1")
  const reason = escaped(error.reason, s, encoding)
  const location = error.location.replaceAll("^", component)
  const name = escaped(errors[error.code], s, encoding)
  const number = [error.code, name, "HL70357"].join(component)
  const err = ["ERR", "", location, number, "E", "", "", "", reason].join(s)
  return Buffer.from(`${head}${msa}${s}${reason}\r${err}\r`, "latin1")
}

/** A text of ours for a sender whose delimiters may stand in it (2.5.1, 2.7.1). */
function escaped(text: string, separator: string, encoding: string): string {
  const [, , mark = ""] = encoding
  const delimiters = [separator, ...encoding.slice(0, 4)]
  return Array.from(text, (character) => {
    const at = delimiters.indexOf(character)
    if (at < 0) return character
    return mark === "" ? " " : `${mark}${"FSRET"[at]}${mark}`
  }).join("")
}

/** MSH-7, in UTC and to the second, which is formatted once for all of its acknowledgements. */
export function ackTime(at: number): string {
  const second = Math.floor(at / 1000)
  if (second !== formatted.second) {
    const digits = new Date(second * 1000).toISOString().replace(/[-:T]/g, "").slice(0, 14)
    formatted = { second, text: `${digits}+0000` }
  }
  return formatted.text
}

let formatted = { second: Number.NaN, text: "" }
