import { type AckCode, ack, notNow } from "../hl7/ack.ts"
import { ackCodes, type Said } from "../hl7/ack-codes.ts"
import { type Batch, batchIn, wrapped } from "../hl7/batch.ts"
import { type Header, readHead, startOf } from "../hl7/head.ts"
import { messagesIn } from "../hl7/split.ts"
import type { Handed, Log, Malformed, Receive, Verdict } from "../message.ts"
import { unacceptable } from "./acceptable.ts"
import type { AnswerSettings } from "./settings.ts"

interface Given {
  /** The source's name, for the log. */
  name: string
  settings: AnswerSettings
  receive: Receive
  log: Log
  /** Milliseconds since 1970. */
  now: () => number
  /** Counts each acknowledgement by its code. */
  replies: Record<string, number>
}

/** What becomes of one piece of bytes: a frame's content, a request's body. */
export interface Answer {
  /** The core's verdict on each message in it, in their order. */
  verdicts: readonly Verdict[]
  /** What its sender is told, each a v2 message, in this order; empty where nothing is said. */
  replies: readonly Buffer[]
}

let acknowledgements = 0
const started = Date.now().toString(36)

/**
 * Turns what a protocol hands over into verdicts and replies, the same for every kind of source
 * that carries HL7 v2. Messages are handed to the core in their order, before the first await.
 */
export class Answering {
  readonly #given: Given
  readonly #minds: boolean

  constructor(given: Given) {
    this.#given = given
    const { type, processing, version } = given.settings
    this.#minds = [type, processing, version].some((list) => list !== undefined)
  }

  /** Takes in one piece of bytes that came whole: a message, several, or a batch of them. */
  take(bytes: Uint8Array, peer: string): Promise<Answer> {
    const batch = batchIn(bytes)
    if (batch) return this.#batch(batch, peer)
    const messages = messagesIn(bytes)
    const [only] = messages
    return only && messages.length === 1 ? this.#one(only, peer) : this.#all(messages, peer)
  }

  /** Keeps bytes that are no whole message, and tells their sender so; `reason` is a sentence. */
  async refuse(bytes: Uint8Array, peer: string, reason: string): Promise<Answer> {
    const verdict = await this.#keep(bytes, peer, reason)
    return { verdicts: [verdict], replies: this.#replies(this.#wholeHeader(bytes), verdict) }
  }

  /** As `refuse`; its sender is told only where the message can be named. */
  cutOff(bytes: Uint8Array, peer: string, reason: string): Promise<Answer> {
    const named = this.#wholeHeader(bytes) !== undefined
    return named ? this.refuse(bytes, peer, reason) : this.keep(bytes, peer, reason)
  }

  /** Keeps bytes that are no whole message, and whose sender waits for no reply. */
  async keep(bytes: Uint8Array, peer: string, reason: string): Promise<Answer> {
    return { verdicts: [await this.#keep(bytes, peer, reason)], replies: [] }
  }

  #keep(bytes: Uint8Array, peer: string, reason: string): Promise<Verdict> {
    return this.#given.receive({
      bytes,
      peer,
      read: { malformed: { code: 100, location: "", reason } },
    })
  }

  /** The header of a message that was cut off; half of a control id would name another message. */
  #wholeHeader(bytes: Uint8Array): Header | undefined {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const begin = startOf(buffer)
    const ended = buffer.includes(0x0d, begin) || buffer.includes(0x0a, begin)
    return ended ? readHead(bytes, this.#given.settings).header : undefined
  }

  async #one(bytes: Uint8Array, peer: string): Promise<Answer> {
    const { settings, receive } = this.#given
    let { read, header } = readHead(bytes, settings)
    if (this.#minds && header) read = this.#minded(read, header)
    const verdict = await receive({ bytes, peer, read })
    return { verdicts: [verdict], replies: this.#replies(header, verdict) }
  }

  async #all(messages: readonly Uint8Array[], peer: string): Promise<Answer> {
    const answers = await Promise.all(messages.map((message) => this.#one(message, peer)))
    return {
      verdicts: answers.flatMap(({ verdicts }) => verdicts),
      replies: answers.flatMap(({ replies }) => replies),
    }
  }

  async #batch(batch: Batch, peer: string): Promise<Answer> {
    const { settings, now, log, name } = this.#given
    for (const { announced, parts } of batch.groups) {
      if (announced === undefined || announced === parts.length) continue
      log("batch-count-differs", { source: name, peer, announced, found: parts.length })
    }
    const answers = await Promise.all(batch.groups.map(({ parts }) => this.#all(parts, peer)))
    const verdicts = answers.flatMap(({ verdicts }) => verdicts)
    const acks = answers.map(({ replies }) => replies)
    // A trailer in a frame of its own wraps nothing: an answer would be a frame without a byte.
    if (!batch.file && acks.length === 0) return { verdicts, replies: [] }
    // None of its messages wanted to hear of it; one without any is answered all the same.
    const silent = acks.flat().length === 0
    const single = silent || settings.ack.batch === "single"
    if (single && verdicts.length > 0) return { verdicts, replies: acks.flat() }
    const reply = wrapped(batch, { acks, controlId: nextControlId, at: now() })
    return { verdicts, replies: [reply] }
  }

  #minded(read: Handed["read"], header: Header): Handed["read"] {
    if ("malformed" in read) return read
    const malformed = unacceptable(header, read.head.type, this.#given.settings)
    return malformed ? { malformed } : read
  }

  #replies(header: Header | undefined, verdict: Verdict): Buffer[] {
    const [said, error] = saidOf(verdict)
    const codes = ackCodes(header, said, this.#given.settings.ack.mode)
    return codes.map((code) => this.#reply(header, code, error))
  }

  #reply(header: Header | undefined, code: AckCode, error: Malformed | undefined): Buffer {
    const { now, replies } = this.#given
    replies[code] = (replies[code] ?? 0) + 1
    return ack(header, { code, error, controlId: nextControlId(), at: now() })
  }
}

function nextControlId(): string {
  acknowledgements++
  return `${started}${acknowledgements.toString(36)}`
}

/**
 * The verdict in the words of HL7 v2.5.1, 2.9.2 and 2.9.3: a type, event, processing id or version
 * that is not taken (200 to 203) is refused, and so is everything while nothing can be stored.
 */
export function saidOf(verdict: Verdict): [Said, Malformed?] {
  switch (verdict.verdict) {
    case "stored":
    case "duplicate":
      return ["accept"]
    case "malformed": {
      const { malformed } = verdict
      return [malformed.code >= 200 && malformed.code <= 203 ? "reject" : "error", malformed]
    }
    case "unavailable":
      return ["reject", notNow]
    default:
      return verdict satisfies never
  }
}
