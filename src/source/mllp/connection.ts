import type { Socket } from "node:net"
import { type Framed, Framer, frame } from "../../hl7/frame.ts"
import type { Log } from "../../message.ts"
import type { Answer, Answering } from "../answer.ts"

interface Given {
  name: string
  settings: { frameMax: number }
  answering: Answering
  log: Log
}

/** Frames of one connection that may wait for the disk before its socket is read no further. */
const unansweredMax = 64

/** How long a peer that does not read its last acknowledgement may hold up closing. */
const lingerMs = 1_000

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
    for (const one of framed) {
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

  /** What becomes of one piece of the stream. */
  #answer(framed: Framed): Promise<Answer> {
    const { settings, answering, log, name } = this.#given
    const { bytes } = framed
    const peer = this.#peer
    switch (framed.kind) {
      case "frame":
        if (!framed.started) log("frame-without-vt", { source: name, peer })
        return answering.take(bytes, peer)
      case "stray":
        // A negative answer would be taken for one to the frame behind these bytes.
        return answering.keep(bytes, peer, framed.reason)
      case "cutOff":
        return answering.cutOff(bytes, peer, framed.reason)
      case "tooLarge": {
        const reason = `the frame is larger than ${settings.frameMax} bytes`
        return answering.refuse(bytes, peer, reason)
      }
      default:
        return framed satisfies never
    }
  }

  #write({ replies }: Answer): void {
    if (!this.#socket.writable) return
    for (const reply of replies) this.#socket.write(frame(reply))
  }
}
