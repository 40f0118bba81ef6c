/**
 * The load generator, a process of its own: so many connections, each sending a message and
 * waiting for its acknowledgement before the next. Takes a Load as JSON; says when the measurement
 * begins, and prints a Measured at its end. On sockets of Bun's own a message costs it 8 µs, about
 * what it costs in C; on node:net it was 28, a third of one of two cores, and it measured itself.
 */
import { startScript } from "./child.ts"
import { share } from "./median.ts"
import { controlIdOf, frameOf, renumber } from "./message.ts"

export interface Load {
  port: number
  connections: number
  /** The number of the first message, so that no two loads send the same. */
  first: number
  /** Sent before the measurement begins. */
  warmUpMs: number
  /** How long to measure; where `messages` is given, the longest it may take. */
  durationMs: number
  /** Stop after so many. */
  messages?: number
}

export interface Measured {
  /** Positive acknowledgements in the measured time. */
  acked: number
  /** Positive acknowledgements, warm-up and all. */
  ackedInAll: number
  /** Answers that were no AA for the message sent. */
  wrong: number
  seconds: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** A listener that answers no more has this long after the end. */
const patienceMs = 30_000

/**
 * Puts the load on a listener at 127.0.0.1, from a process of its own; `onMeasuring` is called
 * when the warm-up is over. Throws when an answer was wrong or did not come.
 */
export async function putLoad(load: Load, onMeasuring?: () => void): Promise<Measured> {
  const { said, exited } = await startScript("load.ts", [JSON.stringify(load)], ({ event }) => {
    if (event === "measuring") onMeasuring?.()
    return event === "measured"
  })
  await exited
  const measured = said as unknown as Measured
  if (measured.wrong > 0) throw new Error(`${measured.wrong} answers were no AA for their message`)
  return measured
}

async function measure(load: Load): Promise<Measured> {
  const tally = new Tally(load)
  const giveUp = setTimeout(
    () => {
      throw new Error("some messages were not answered")
    },
    load.warmUpMs + load.durationMs + patienceMs,
  )
  await Promise.all(Array.from({ length: load.connections }, () => new Conversation(tally).over))
  clearTimeout(giveUp)
  return tally.measured()
}

/** What all connections count together, and which message is next. */
class Tally {
  readonly load: Load
  readonly #measureFrom: number
  readonly #stopAt: number
  readonly #latencies: number[] = []
  #sent = 0
  #ackedInAll = 0
  #wrong = 0
  #measuring = false
  #lastAckAt: number

  constructor(load: Load) {
    this.load = load
    this.#measureFrom = performance.now() + load.warmUpMs
    this.#stopAt = this.#measureFrom + load.durationMs
    this.#lastAckAt = this.#measureFrom
  }

  /** The number of the message to send now; undefined when the load is over. */
  next(now: number): number | undefined {
    if (this.#sent >= (this.load.messages ?? Number.POSITIVE_INFINITY)) return undefined
    return now < this.#stopAt ? this.load.first + this.#sent++ : undefined
  }

  count(positive: boolean, sentAt: number, now: number): void {
    if (!this.#measuring && now >= this.#measureFrom) {
      this.#measuring = true
      console.log(JSON.stringify({ event: "measuring" }))
    }
    if (!positive) {
      this.#wrong++
      return
    }
    this.#ackedInAll++
    if (now < this.#measureFrom || now >= this.#stopAt) return
    this.#latencies.push(now - sentAt)
    this.#lastAckAt = now
  }

  measured(): Measured {
    const { durationMs, messages } = this.load
    const tookMs = messages === undefined ? durationMs : this.#lastAckAt - this.#measureFrom
    const latencies = Float64Array.from(this.#latencies).sort()
    return {
      acked: latencies.length,
      ackedInAll: this.#ackedInAll,
      wrong: this.#wrong,
      seconds: tookMs / 1000,
      perSecond: (latencies.length / tookMs) * 1000,
      p50Ms: share(latencies, 0.5),
      p99Ms: share(latencies, 0.99),
    }
  }
}

/** One connection: a message, its answer, the next message. */
class Conversation {
  /** Resolves when the load is over and the last answer is in. */
  readonly over: Promise<void>
  readonly #tally: Tally
  readonly #frame = frameOf(0)
  #sentAt = 0
  #begun: Buffer | undefined
  #isOver = false

  constructor(tally: Tally) {
    this.#tally = tally
    this.over = new Promise((resolve, reject) => {
      const lost = (error?: Error) => {
        if (this.#isOver) resolve()
        else reject(error ?? new Error("the listener hung up"))
      }
      Bun.connect({
        hostname: "127.0.0.1",
        port: tally.load.port,
        socket: {
          open: (socket) => {
            socket.setNoDelay(true)
            this.#send(socket)
          },
          data: (socket, chunk) => this.#take(socket, chunk),
          close: (_socket, error) => lost(error),
          error: (_socket, error) => lost(error),
        },
      }).catch(reject)
    })
  }

  #send(socket: Bun.Socket): void {
    const now = performance.now()
    const number = this.#tally.next(now)
    if (number === undefined) {
      this.#isOver = true
      socket.end()
      return
    }
    renumber(this.#frame, number)
    this.#sentAt = now
    // So little always fits into a socket whose last message was answered.
    const written = socket.write(this.#frame)
    if (written < this.#frame.length) throw new Error("a message was not written whole")
  }

  #take(socket: Bun.Socket, chunk: Buffer): void {
    const answer = this.#begun ? Buffer.concat([this.#begun, chunk]) : chunk
    this.#begun = answer
    if (answer[answer.length - 2] !== FS || answer[answer.length - 1] !== CR) return
    this.#begun = undefined
    // An answer after the last one would be a second one to the same message.
    const positive = !this.#isOver && isPositive(answer, controlIdOf(this.#frame))
    this.#tally.count(positive, this.#sentAt, performance.now())
    this.#send(socket)
  }
}

const FS = 0x1c
const CR = 0x0d
const positiveMsa = Buffer.from("\rMSA|AA|")
const afterId: ReadonlySet<number | undefined> = new Set([0x7c, CR, FS])

/** One answer: AA in MSA-1, and in MSA-2 the id of the message it answers, all of it. */
function isPositive(answer: Buffer, controlId: Buffer): boolean {
  if (answer.indexOf(FS) !== answer.length - 2) return false
  const at = answer.indexOf(positiveMsa) + positiveMsa.length
  if (at < positiveMsa.length) return false
  const end = at + controlId.length
  return answer.subarray(at, end).equals(controlId) && afterId.has(answer[end])
}

if (import.meta.main) {
  try {
    const measured = await measure(JSON.parse(process.argv[2] ?? ""))
    console.log(JSON.stringify({ event: "measured", ...measured }))
  } catch (error) {
    console.log(JSON.stringify({ event: "failed", reason: (error as Error).message }))
    process.exit(1)
  }
}
