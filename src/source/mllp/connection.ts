import type { Socket } from "node:net"
import { type Framed, Framer, frame } from "../../hl7/frame.ts"
import type { Log } from "../../message.ts"
import type { Answer, Answering } from "../answer.ts"
import type { Holder, InFlight } from "../in-flight.ts"
import { senderOf } from "./replaced.ts"
import { Silence } from "./silence.ts"

interface Given {
  name: string
  /** The peer's name where it has shown one, and its address. */
  peer: string
  address: string
  settings: {
    frameMax: number
    frameTimeout: number
    idleTimeout?: number | undefined
    replaceSilent?: number | undefined
  }
  answering: Answering
  inFlight: InFlight
  log: Log
}

/** A frame that was handed to the core, and what became of it once that is known. */
interface Handed {
  bytes: number
  answer: Answer | undefined
}

/** Frames of one connection that may wait for the disk before its socket is read no further. */
const unansweredMax = 64

/** And their bytes: a pipelining sender of large frames leaves room for others. */
const unansweredBytesMax = 4 * 1024 ** 2

/** How long a peer that does not read its last acknowledgement may hold up closing. */
const lingerMs = 1_000

/**
 * How long a peer may be silent inside a frame when others wait for the room it takes. One that
 * had to wait in line and has more to say says it at once: it lies in the system's buffers.
 */
const stalledMs = 2_000

/**
 * One peer: frames in, each handed to the core, and the acknowledgements out in the order the
 * messages came, whatever order the disk answers in.
 */
export class Connection implements Holder {
  /** Resolves when the peer is gone. */
  readonly closed: Promise<void>
  /** Who sent the last message: the address, MSH-3 and MSH-4. Read for `replaceSilent` alone. */
  sender: string | undefined
  held = 0
  readonly #socket: Socket
  readonly #given: Given
  readonly #framer: Framer
  /** What waits for its acknowledgement to be written, in the order it came. */
  readonly #handed: Handed[] = []
  #unansweredBytes = 0
  readonly #silence = new Silence(performance.now())
  #paused = false
  /** Not read for what it has sent already, which is not its fault. */
  #unread = false
  #closing = false
  /** Called once everything that was read is answered. */
  readonly #onAnswered: (() => void)[] = []

  constructor(socket: Socket, given: Given) {
    this.#socket = socket
    this.#given = given
    this.#framer = new Framer(given.settings.frameMax)
    given.inFlight.enter(this)
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#finish()
        this.#hold(0)
        given.inFlight.leave(this)
        resolve()
      })
    })
    socket.on("data", (chunk: Buffer) => this.#read(chunk))
    socket.on("drain", () => this.flow())
    // A peer that has said all it will say still waits for its acknowledgements.
    socket.on("end", async () => {
      this.#finish()
      await this.#answered()
      socket.end()
    })
    // A reset is a way of leaving; what was read before it is stored all the same.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      given.log("connection-lost", { source: given.name, peer: given.peer, reason: error.code })
    })
  }

  /** Reads no further, answers what was read, and hangs up. */
  async close(): Promise<void> {
    this.#closing = true
    this.#socket.pause()
    await this.#answered()
    this.#socket.end()
    const linger = setTimeout(() => this.#socket.destroy(), lingerMs)
    // A paused socket never tells that its peer has gone.
    this.#socket.resume()
    await this.closed
    clearTimeout(linger)
  }

  /** Reads on, or waits: for the disk, for room, or for a peer that reads none of its answers. */
  flow(): void {
    if (this.#closing) return
    const { inFlight } = this.#given
    const unread =
      this.#handed.length >= unansweredMax ||
      this.#unansweredBytes >= unansweredBytesMax ||
      this.#socket.writableNeedDrain ||
      inFlight.full
    if (this.#unread && !unread) this.#silence.heard(performance.now())
    this.#unread = unread
    const paused = unread || inFlight.waits(this)
    if (paused === this.#paused) return
    this.#paused = paused
    this.#silence.read(!paused, performance.now())
    if (paused) this.#socket.pause()
    else this.#socket.resume()
  }

  giveUp(): void {
    this.hangUp("frame-given-up", "room ran out")
  }

  silentMs(now: number): number {
    return this.#unread || this.#handed.length > 0 ? 0 : this.#silence.ms(now)
  }

  /** Hangs up on a peer that has been silent for too long. */
  hurry(now: number): void {
    const { settings, inFlight } = this.#given
    const { frameTimeout, idleTimeout = Number.POSITIVE_INFINITY } = settings
    const silentMs = this.silentMs(now)
    if (!this.#framer.begun) {
      if (silentMs >= idleTimeout) this.hangUp("idle-timeout")
    } else if (silentMs >= frameTimeout) {
      this.hangUp("frame-timeout", `nothing came for ${frameTimeout / 1000} s`)
    } else if (silentMs >= stalledMs && inFlight.short) {
      this.hangUp("frame-stalled", `nothing came for ${stalledMs / 1000} s and room was short`)
    }
  }

  /** Keeps what has begun as what it is, and closes; `event` says why in the log. */
  hangUp(event: string, why?: string): void {
    if (this.#closing) return
    const { log, name, peer } = this.#given
    log(event, { source: name, peer, bytes: this.held })
    // No answer: a negative one tells a sender that was only interrupted not to send it again.
    this.#take(this.#framer.end(why).map((one) => ({ ...one, kind: "stray" })))
    this.close()
  }

  #read(chunk: Buffer): void {
    if (this.#closing) return
    const now = performance.now()
    this.#silence.heard(now)
    this.#take(this.#framer.push(chunk))
    this.#given.inFlight.makeRoom(this, now)
    this.flow()
  }

  /** The peer says no more. */
  #finish(): void {
    if (!this.#closing) this.#take(this.#framer.end())
  }

  #take(framed: readonly Framed[]): void {
    for (const one of framed) this.#hand(one)
    this.#hold(this.#framer.held)
  }

  #hold(bytes: number): void {
    if (bytes === this.held) return
    const more = bytes - this.held
    this.held = bytes
    this.#given.inFlight.begin(this, more)
  }

  #hand(framed: Framed): void {
    const handed: Handed = { bytes: framed.bytes.length, answer: undefined }
    this.#handed.push(handed)
    this.#unansweredBytes += handed.bytes
    this.#given.inFlight.hand(handed.bytes)
    this.#ask(framed).then((answer) => {
      handed.answer = answer
      this.#reply()
    })
  }

  /** What becomes of one piece of the stream. */
  #ask(framed: Framed): Promise<Answer> {
    const { settings, answering, log, name, peer, address } = this.#given
    const { bytes } = framed
    switch (framed.kind) {
      case "frame":
        if (!framed.started) log("frame-without-vt", { source: name, peer })
        if (settings.replaceSilent !== undefined) this.sender = senderOf(bytes, address)
        return answering.take(bytes, peer)
      case "stray":
        // A negative answer would be taken for one to the frame behind these bytes.
        return answering.keep(bytes, peer, framed.reason)
      case "cutOff":
        return answering.cutOff(bytes, peer, framed.reason)
      case "tooLarge": {
        const reason = `the frame is larger than ${settings.frameMax} bytes`
        const answer = answering.refuse(bytes, peer, reason)
        // Nothing after it can be told apart, so nothing after it is read.
        this.close()
        return answer
      }
      default:
        return framed satisfies never
    }
  }

  /** Writes the answers whose turn it is. */
  #reply(): void {
    const { inFlight } = this.#given
    for (let [first] = this.#handed; first?.answer; [first] = this.#handed) {
      this.#handed.shift()
      this.#unansweredBytes -= first.bytes
      inFlight.answer(first.bytes)
      for (const reply of first.answer.replies) {
        if (this.#socket.writable) this.#socket.write(frame(reply))
      }
    }
    this.flow()
    if (this.#handed.length > 0) return
    for (let next = this.#onAnswered.pop(); next; next = this.#onAnswered.pop()) next()
  }

  async #answered(): Promise<void> {
    if (this.#handed.length === 0) return
    await new Promise<void>((resolve) => this.#onAnswered.push(resolve))
  }
}
