import { parseMessage, type Segment } from "./message.ts"

/** What an acknowledgement says, and of which message. */
export interface ReadAck {
  /** MSA-1, table 0008 where the receiver minds it: `AA`. */
  code: string
  /** MSA-2: the MSH-10 of the message it answers; empty where it names none. */
  about: string
  /** MSA-3. */
  text: string
  /** Its own MSH-10. */
  controlId: string
  /** The ERR segments (2.5.1, 2.15.5). */
  errors: readonly AckError[]
}

export interface AckError {
  /** ERR-2 as it stands there: segment, sequence, field and so on. */
  location: string
  /** ERR-3, table 0357: `101`. */
  code: string
  /** ERR-4, table 0516: `E`, `W` or `I`. */
  severity: string
  /** What it says to people: ERR-8, ERR-7, or the text of ERR-3. */
  text: string
}

/** Reads an acknowledgement; undefined where the bytes hold no MSA-1. Never throws. */
export function readAck(bytes: Uint8Array): ReadAck | undefined {
  const message = parseMessage(bytes)
  const msa = message.first("MSA")
  const code = msa?.text(1)
  if (!msa || code === undefined) return undefined
  return {
    code,
    about: msa.text(2) ?? "",
    text: msa.text(3) ?? "",
    controlId: message.first("MSH")?.text(10) ?? "",
    errors: message.all("ERR").map(errorOf),
  }
}

function errorOf(err: Segment): AckError {
  return {
    location: err.raw(2),
    code: err.text(3) ?? "",
    severity: err.text(4) ?? "",
    text: err.text(8) ?? err.text(7) ?? err.text(3, 2) ?? "",
  }
}

/** Whether it says that the message was taken. */
export function isPositive({ code }: ReadAck): boolean {
  return code === "AA" || code === "CA"
}

/**
 * Whether it answers the message of that MSH-10. One that names another is no answer to this one; a
 * refusal may name none, where the receiver could not read our MSH-10.
 */
export function isAnswerTo(ack: ReadAck, controlId: string): boolean {
  return ack.about === controlId || (ack.about === "" && !isPositive(ack))
}
