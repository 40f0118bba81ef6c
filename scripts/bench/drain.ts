import { startScript } from "./child.ts"
import { openPlace, type Place, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import { medians } from "./median.ts"
import type { Figures, Plan } from "./part.ts"
import { cpuOf, peakMb } from "./process.ts"
import { freePort, startSink } from "./sink.ts"
import { table } from "./table.ts"

export const draining = {
  about: "a backlog to a sink that came back, beside what a bare fetch loop gets into that sink",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const messages = quick ? 5_000 : 100_000
    const rounds: Drained[] = []
    for (let round = 1; round <= (quick ? 1 : 3); round++) {
      const barePerSecond = await fetchLoop(messages)
      const drained = await drain(messages)
      const ratio = drained.perSecond / barePerSecond
      progress(`round ${round}: ${drained.perSecond.toFixed(0)}/s, ${ratio.toFixed(2)} of bare`)
      rounds.push({ ...drained, barePerSecond, ratio })
    }
    const { perSecond, seconds, mostMb, barePerSecond, ratio } = medians(rounds)
    const row = [messages, seconds, perSecond, barePerSecond].map((n) => n.toFixed(0))
    return {
      figures: { messages, perSecond, seconds, mostMb, barePerSecond, ratio, rounds },
      table: table(
        "A backlog to a local FHIR sink that stores nothing",
        ["messages", "seconds", "messages/s", "bare fetch/s", "ratio", "most MB"],
        [[...row, ratio.toFixed(2), mostMb.toFixed(0)]],
      ),
    }
  },
}

/** A backlog that left the box. */
interface Drained {
  perSecond: number
  /** From the first transaction at the sink to the last. */
  seconds: number
  /** Resident memory at its most. */
  mostMb: number
  barePerSecond: number
  ratio: number
}

const patienceMs = 900_000

async function fetchLoop(transactions: number): Promise<number> {
  const sink = await startSink()
  const loop = await startScript("fetch-loop.ts", [
    JSON.stringify({ port: sink.port, transactions: Math.min(transactions, 30_000) }),
  ])
  await loop.exited
  await sink.end("SIGKILL")
  return Number(loop.said.perSecond)
}

/**
 * Fills the box while its FHIR server is down, then starts both anew, as after a power cut, and
 * measures at the sink how fast the messages come. Throws when one is missing or comes twice.
 */
async function drain(messages: number): Promise<Pick<Drained, "perSecond" | "seconds" | "mostMb">> {
  const sinkPort = await freePort()
  const place = openPlace(sinkPort)
  await fill(place, 0, messages)
  const sink = await startSink({ port: sinkPort })
  const gateway = await place.start()
  await untilNothingIsPending(gateway)
  const tally = await sink.tally()
  const mostMb = peakMb(gateway.pid)
  await gateway.end("SIGKILL")
  await sink.end("SIGKILL")
  place.remove()
  if (tally.transactions !== messages || tally.repeated > 0) {
    throw new Error(`of ${messages} messages there came ${JSON.stringify(tally)}`)
  }
  const seconds = (tally.lastAt - tally.firstAt) / 1000
  return { seconds, perSecond: messages / seconds, mostMb }
}

async function fill(place: Place, first: number, messages: number): Promise<void> {
  const filling = await place.start()
  const load = { connections: 32, first, warmUpMs: 0, durationMs: patienceMs, messages }
  await putLoad({ ...load, port: filling.port })
  await filling.end("SIGTERM")
}

export const backlogs = {
  about: "what a delivery costs at 10,000, 100,000 and a million pending; takes minutes",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const sizes = quick ? [500, 5_000] : [10_000, 100_000, 1_000_000]
    const sinkPort = await freePort()
    const place = openPlace(sinkPort)
    const through: Backlog[] = []
    let [sent, left] = [0, 0]
    for (const pending of sizes) {
      await fill(place, sent, pending - left)
      sent += pending - left
      const one = await begin(place, sinkPort, Math.min(...sizes))
      progress(`${pending} pending: ${one.perSecond.toFixed(0)}/s`)
      through.push({ ...one, pending })
      left = pending - one.delivered
    }
    place.remove()
    const rows = through.map(({ pending, startMs, perSecond, mainUs, mostMb }) =>
      [pending, startMs, perSecond, mainUs, mostMb].map((n) => n.toFixed(0)),
    )
    const head = ["pending", "ready after ms", "messages/s", "µs main", "most MB"]
    const title = "The beginning of a backlog, to a local FHIR sink that stores nothing"
    return { figures: { through }, table: table(title, head, rows) }
  },
}

/** The beginning of a backlog. */
interface Backlog {
  pending: number
  /** From the process's start until its ports were open. */
  startMs: number
  delivered: number
  perSecond: number
  /** Processor time of the main thread for each. */
  mainUs: number
  mostMb: number
}

/** Starts the box and its sink, and ends them when so many messages have come. */
async function begin(
  place: Place,
  port: number,
  messages: number,
): Promise<Omit<Backlog, "pending">> {
  const sink = await startSink({ port })
  const gateway = await place.start()
  const before = cpuOf(gateway.pid)
  let tally = await sink.tally()
  while (tally.transactions < messages * 0.9) {
    await Bun.sleep(20)
    tally = await sink.tally()
  }
  const cpu = cpuOf(gateway.pid).main - before.main
  const mostMb = peakMb(gateway.pid)
  await gateway.end("SIGTERM")
  await sink.end("SIGKILL")
  const perSecond = (tally.transactions / (tally.lastAt - tally.firstAt)) * 1000
  const { transactions: delivered } = tally
  return { startMs: gateway.startMs, delivered, perSecond, mainUs: cpu / delivered, mostMb }
}
