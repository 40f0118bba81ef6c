/**
 * The load generator, a process of its own: so many connections, each sending a message and
 * waiting for its acknowledgement before the next. Takes a Load as JSON, prints a Measured.
 */
import { connect } from "node:net"
import { startScript } from "./child.ts"
import { digits, frameOf } from "./message.ts"

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

if (import.meta.main) console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? ""))))

/** Puts the load on a listener at 127.0.0.1, from a process of its own. */
export async function putLoad(load: Load): Promise<Measured> {
  const { said } = await startScript("load.ts", JSON.stringify(load))
  const measured = said as unknown as Measured
  if (measured.wrong > 0) throw new Error(`${measured.wrong} answers were no AA for their message`)
  return measured
}

async function measure(load: Load): Promise<Measured> {
  const startedAt = performance.now()
  const measureFrom = startedAt + load.warmUpMs
  const stopAt = measureFrom + load.durationMs
  const latencies: number[] = []
  let sent = 0
  let ackedInAll = 0
  let wrong = 0
  let lastAckAt = measureFrom

  /** One connection's life: resolves when the load is over and its last answer is in. */
  const converse = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: load.port, noDelay: true })
      let controlId = ""
      let sentAt = 0
      let answer = ""
      const next = () => {
        const done = sent >= (load.messages ?? Number.POSITIVE_INFINITY)
        if (done || performance.now() >= stopAt) return socket.end(resolve)
        const number = load.first + sent++
        controlId = digits(number)
        const frame = frameOf(number)
        sentAt = performance.now()
        socket.write(frame)
      }
      socket.on("connect", next)
      socket.on("data", (chunk) => {
        answer += chunk.toString("latin1")
        if (!answer.endsWith("\x1c\r")) return
        const at = performance.now()
        if (isPositive(answer, controlId)) {
          ackedInAll++
          if (at >= measureFrom && at < stopAt) {
            latencies.push(at - sentAt)
            lastAckAt = at
          }
        } else wrong++
        answer = ""
        next()
      })
      socket.on("error", reject)
      socket.on("close", resolve)
    })
  await Promise.all(Array.from({ length: load.connections }, converse))

  const seconds = (load.messages === undefined ? load.durationMs : lastAckAt - measureFrom) / 1000
  latencies.sort((a, b) => a - b)
  const share = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN
  return {
    acked: latencies.length,
    ackedInAll,
    wrong,
    seconds,
    perSecond: latencies.length / seconds,
    p50Ms: share(0.5),
    p99Ms: share(0.99),
  }
}

/** AA in MSA-1, and in MSA-2 the id of the message it answers, all of it. */
function isPositive(answer: string, controlId: string): boolean {
  const msa = `\rMSA|AA|${controlId}`
  const from = answer.indexOf(msa)
  return from > 0 && ["|", "\r", "\x1c"].includes(answer.charAt(from + msa.length))
}
