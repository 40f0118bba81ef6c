import type { Socket } from "node:net"
import { type AckCode, ack, notNow } from "../../hl7/ack.ts"
import { type Framed, Framer, frame } from "../../hl7/frame.ts"
import { type Read, readHead } from "../../hl7/head.ts"
import { messagesIn } from "../../hl7/split.ts"
import type { Log, Malformed, Receive, SourceSettings, Verdict } from "../../message.ts"

interface Given {
  name: string
  settings: SourceSettings & { frameMax: number }
  receive: Receive
  log: Log
  now: () => number
  /** Counts each acknowledgement by its code. */
  replies: Record<string, number>
}

/** Messages of one connection that may wait for the disk before its socket is read no further. */
const unansweredMax = 64

/** How long a peer that does not read its last acknowledgement may hold up closing. */
const lingerMs = 1_000

let acknowledgements = 0
const started = Date.now().toString(36)

/**
 * One peer: frames in, each handed to the core, and the acknowledgements out in the order the
 * messages came, whatever order the disk answers in.
 */
export class Connection {
  /** Resolves when the peer is gone. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #given: Given
  readonly #framer: Framer
  readonly #peer: string
  /** The last acknowledgement to be written; each waits for the one before it. */
  #answered: Promise<void> = Promise.resolve()
  #unanswered = 0
  #closing = false

  constructor(socket: Socket, given: Given) {
    this.#socket = socket
    this.#given = given
    this.#framer = new Framer(given.settings.frameMax)
    this.#peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()))
    socket.on("data", (chunk: Buffer) => this.#take(this.#framer.push(chunk)))
    socket.on("drain", () => this.#flow())
    // A peer that has said all it will say still waits for its acknowledgements.
    socket.on("end", () => {
      this.#take(this.#framer.end())
      this.#answered.then(() => socket.end())
    })
    // A reset is a way of leaving; what was read before it is stored all the same.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      given.log("connection-lost", { source: given.name, peer: this.#peer, reason: error.code })
      this.#take(this.#framer.end())
    })
  }

  /** Reads no further, answers what was read, and hangs up. */
  async close(): Promise<void> {
    this.#closing = true
    this.#socket.pause()
    await this.#answered
    this.#socket.end()
    const linger = setTimeout(() => this.#socket.destroy(), lingerMs)
    // A paused socket never tells that its peer has gone.
    this.#socket.resume()
    await this.closed
    clearTimeout(linger)
  }

  #take(framed: readonly Framed[]): void {
    if (this.#closing) return
    for (const one of framed.flatMap(apart)) {
      const answer = this.#answer(one)
      this.#unanswered++
      this.#answered = this.#answered.then(async () => {
        this.#write(await answer)
        this.#unanswered--
        this.#flow()
        if (one.kind === "tooLarge") this.close()
      })
    }
    this.#flow()
  }

  /** Reads on, or waits: for the disk, or for a peer that does not read what it is answered. */
  #flow(): void {
    if (this.#closing) return
    if (this.#unanswered >= unansweredMax || this.#socket.writableNeedDrain) this.#socket.pause()
    else this.#socket.resume()
  }

  /** What the core says to one piece of the stream; undefined where nobody waits for a reply. */
  async #answer(framed: Framed): Promise<Buffer | undefined> {
    const { settings, receive, log, name } = this.#given
    const { bytes } = framed
    const peer = this.#peer
    switch (framed.kind) {
      case "frame": {
        const { read, header } = readHead(bytes, settings)
        if (!framed.started) log("frame-without-vt", { source: name, peer })
        return this.#reply(header, await receive({ bytes, peer, read }))
      }
      case "stray":
        await receive({ bytes, peer, read: { malformed: notWhole(framed.reason) } })
        return undefined
      case "tooLarge": {
        const malformed = notWhole(`the frame is larger than ${settings.frameMax} bytes`)
        const { header } = readHead(bytes, settings)
        return this.#reply(header, await receive({ bytes, peer, read: { malformed } }))
      }
      default:
        return framed satisfies never
    }
  }

  #reply(header: Read["header"], verdict: Verdict): Buffer {
    const { now, replies } = this.#given
    const [code, error] = answerTo(verdict)
    replies[code] = (replies[code] ?? 0) + 1
    acknowledgements++
    const controlId = `${started}${acknowledgements.toString(36)}`
    return frame(ack(header, { code, error, controlId, at: now() }))
  }

  #write(reply: Buffer | undefined): void {
    if (reply && this.#socket.writable) this.#socket.write(reply)
  }
}

function apart(framed: Framed): Framed[] {
  if (framed.kind !== "frame") return [framed]
  return messagesIn(framed.bytes).map((bytes) => ({ ...framed, bytes }))
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
