import { connect as connectTcp, type Socket } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"
import { Framer, frame } from "../../hl7/frame.ts"
import { isAnswerTo, type ReadAck, readAck } from "../../hl7/read-ack.ts"

/** Where a receiver listens; `tls` where it speaks that. */
export interface Place {
  host: string
  port: number
  tls?: ConnectionOptions | undefined
}

/** A message on its way. */
export interface Outgoing {
  bytes: Uint8Array
  /** Its MSH-10. */
  controlId: string
  /** How many acknowledgements it asks for: one, two in enhanced mode, or none. */
  acks: number
}

/** What came of it. `unsent`: the other side can't have it whole. `lost`: it may. */
export type Exchanged =
  | { came: "ack"; ack: ReadAck }
  /** It asks for none, and nobody objected. */
  | { came: "nothing" }
  | { came: "unsent" | "lost"; error: Error | undefined; said?: string | undefined }

/** No acknowledgement is anywhere near as large. */
const ackBytesMax = 1024 ** 2
/** After so many messages a connection is opened anew, and their control ids are let go. */
const askedMax = 1_000
/** MSH-10 has at most 199 characters (2.7, 2.13.9.10): of a longer one the beginning is known. */
const charsMax = 199
/** After so long without a word the system asks the other end whether it is still there. */
const keepAliveMs = 60_000
/**
 * How long a refusal may take where nothing has to come: of a message that asks for no answer, and
 * behind a CA, with which the receiver has taken the message over already (2.5.1, 2.9.3).
 */
const objectionMs = 2_000

/** One connection to a receiver, over which one message at a time is sent and answered. */
export class Connection {
  readonly #socket: Socket
  readonly #framer = new Framer(ackBytesMax)
  readonly #asked = new Set<string>()
  #answers: Uint8Array[] = []
  #asking = false
  #answered = false
  #wake: () => void = () => {}
  /** Why it ended. */
  #ended: Error | undefined
  /** Whether it was refused before anything sent over it could be read. */
  #refused = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on("data", (chunk: Buffer) => this.#take(chunk))
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // With TLS 1.3 a certificate is refused when we have long begun to send (RFC 8446, 4.4.2.4).
      this.#refused = error.code?.includes("ALERT") === true && !this.#answered
      this.#end(error)
    })
    socket.on("close", () => this.#end(new Error("the connection was closed unanswered")))
  }

  /** Rejects with why there is no connection, or with the reason of `limit`. */
  static open({ host, port, tls }: Place, limit: AbortSignal): Promise<Connection> {
    const place = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }
    return new Promise((resolve, reject) => {
      limit.throwIfAborted()
      const socket = tls ? connectTls({ ...place, ...tls }) : connectTcp(place)
      const abort = () => {
        reject(limit.reason)
        socket.destroy()
      }
      limit.addEventListener("abort", abort)
      socket.on("error", reject)
      socket.on("close", () => limit.removeEventListener("abort", abort))
      socket.once(tls ? "secureConnect" : "connect", () => {
        limit.removeEventListener("abort", abort)
        resolve(new Connection(socket))
      })
    })
  }

  /**
   * Whether this message can be sent over it. A control id that was sent over it before can't:
   * a late answer to the one would be taken for an answer to the other.
   */
  takes(controlId: string): boolean {
    const { size } = this.#asked
    return this.#ended === undefined && size < askedMax && !this.#asked.has(keyOf(controlId))
  }

  /** Sends one message and waits for its answer. Closed where none came: one may come yet. */
  async exchange(outgoing: Outgoing, limit: AbortSignal): Promise<Exchanged> {
    const abort = () => this.#end(limit.reason)
    limit.addEventListener("abort", abort)
    if (limit.aborted) abort()
    this.#asked.add(keyOf(outgoing.controlId))
    this.#answers = []
    this.#asking = true
    try {
      const exchanged = await this.#exchange(outgoing)
      if (exchanged.came === "unsent" || exchanged.came === "lost") this.close()
      return exchanged
    } finally {
      this.#asking = false
      limit.removeEventListener("abort", abort)
    }
  }

  close(): void {
    this.#end(new Error("the connection was given up"))
  }

  async #exchange({ bytes, controlId, acks }: Outgoing): Promise<Exchanged> {
    if (!(await this.#write(frame(bytes)))) return this.#broken("unsent")
    let accepted: ReadAck | undefined
    for (;;) {
      const mayStaySilent = acks === 0 || accepted !== undefined
      const answer = await this.#next(mayStaySilent ? objectionMs : undefined)
      if (!answer && accepted) return { came: "ack", ack: accepted }
      if (!answer && this.#ended === undefined) return { came: "nothing" }
      if (!answer) return this.#broken("lost")
      const ack = readAck(answer)
      if (!ack) return lost("answered without an MSA segment")
      if (isAnswerTo(ack, controlId)) {
        if (ack.code !== "CA" || acks < 2) return { came: "ack", ack }
        accepted = ack
      } else if (!this.#asked.has(keyOf(ack.about))) {
        const said = `${ack.code} for "${ack.about}" and not for "${controlId}"`
        return lost("answered to a message that it was not sent", said)
      }
    }
  }

  /** Whether the system has all of the bytes. */
  #write(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = () => {
        if (this.#ended !== undefined) resolve(false)
      }
      this.#socket.write(bytes, (error) => {
        if (error) this.#end(error)
        resolve(this.#ended === undefined)
      })
    })
  }

  /** The next answer; undefined once it has ended, or when none came in time. */
  async #next(atMostMs?: number): Promise<Uint8Array | undefined> {
    if (this.#answers.length === 0 && this.#ended === undefined) {
      await new Promise<void>((resolve) => {
        const timer = atMostMs === undefined ? undefined : setTimeout(resolve, atMostMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.#answers.shift()
  }

  #take(chunk: Uint8Array): void {
    this.#answered = true
    for (const framed of this.#framer.push(chunk)) {
      if (framed.kind === "tooLarge") this.#end(new Error("answered without an end"))
      // What comes when nobody has asked anything is late, and of no use any more.
      else if (this.#asking) this.#answers.push(framed.bytes)
    }
    if (this.#answers.length > 0) this.#wake()
  }

  #end(why: Error): void {
    this.#ended ??= why
    this.#socket.destroy()
    this.#wake()
  }

  /** How it ended with a message on its way that was not answered. */
  #broken(came: "unsent" | "lost"): Exchanged {
    return { came: this.#refused ? "unsent" : came, error: this.#ended }
  }
}

function keyOf(controlId: string): string {
  return controlId.slice(0, charsMax)
}

function lost(why: string, said?: string): Exchanged {
  return { came: "lost", error: new Error(why), said }
}
