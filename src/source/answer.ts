import { type AckCode, ack, notNow } from "../hl7/ack.ts"
import { type Read, readHead } from "../hl7/head.ts"
import { messagesIn } from "../hl7/split.ts"
import type { Malformed, Receive, SourceSettings, Verdict } from "../message.ts"

interface Given {
  settings: SourceSettings
  receive: Receive
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
 * that carries HL7 v2. Messages are handed to the core in their order before the first await.
 */
export class Answering {
  readonly #given: Given

  constructor(given: Given) {
    this.#given = given
  }

  /** Takes in one piece of bytes that came whole: a message, or several. */
  async take(bytes: Uint8Array, peer: string): Promise<Answer> {
    const messages = messagesIn(bytes)
    const [only] = messages
    if (only && messages.length === 1) return this.#one(only, peer)
    const answers = await Promise.all(messages.map((message) => this.#one(message, peer)))
    return {
      verdicts: answers.flatMap(({ verdicts }) => verdicts),
      replies: answers.flatMap(({ replies }) => replies),
    }
  }

  /** Keeps bytes that are no whole message, and tells their sender so; `reason` is a sentence. */
  async refuse(bytes: Uint8Array, peer: string, reason: string): Promise<Answer> {
    const { settings, receive } = this.#given
    const { header } = readHead(bytes, settings)
    const verdict = await receive({ bytes, peer, read: { malformed: notWhole(reason) } })
    return { verdicts: [verdict], replies: [this.#reply(header, verdict)] }
  }

  /** Keeps bytes that are no whole message, and whose sender waits for no reply. */
  async keep(bytes: Uint8Array, peer: string, reason: string): Promise<Answer> {
    const verdict = await this.#given.receive({
      bytes,
      peer,
      read: { malformed: notWhole(reason) },
    })
    return { verdicts: [verdict], replies: [] }
  }

  async #one(bytes: Uint8Array, peer: string): Promise<Answer> {
    const { settings, receive } = this.#given
    const { read, header } = readHead(bytes, settings)
    const verdict = await receive({ bytes, peer, read })
    return { verdicts: [verdict], replies: [this.#reply(header, verdict)] }
  }

  #reply(header: Read["header"], verdict: Verdict): Buffer {
    const { now, replies } = this.#given
    const [code, error] = answerTo(verdict)
    replies[code] = (replies[code] ?? 0) + 1
    acknowledgements++
    const controlId = `${started}${acknowledgements.toString(36)}`
    return ack(header, { code, error, controlId, at: now() })
  }
}

function notWhole(reason: string): Malformed {
  return { code: 100, location: "", reason }
}

/** The verdict in the words of original mode (HL7 v2.5.1, 2.9.2.2). */
function answerTo(verdict: Verdict): [AckCode, Malformed?] {
  switch (verdict.verdict) {
    case "stored":
    case "duplicate":
      return ["AA"]
    case "malformed":
      return ["AE", verdict.malformed]
    case "unavailable":
      return ["AR", notNow]
    default:
      return verdict satisfies never
  }
}
