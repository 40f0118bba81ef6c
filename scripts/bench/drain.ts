import { createServer } from "node:net"
import { type Child, startScript } from "./child.ts"
import { type Gateway, openPlace } from "./gateway.ts"
import { putLoad } from "./load.ts"
import { median } from "./median.ts"
import type { Tally } from "./sink.ts"

/** A backlog that left the box, the median of the rounds. */
export interface Drained {
  messages: number
  perSecond: number
  /** From the first transaction at the sink to the last. */
  seconds: number
}

const pollMs = 50
const patienceMs = 300_000

/**
 * Fills the box while its FHIR server is down, then starts both anew, as after a power cut, and
 * measures at the sink how fast the messages come. Throws when one is missing or comes twice.
 */
export async function measureDrain(plan: { messages: number; rounds: number }): Promise<Drained> {
  const rounds: Drained[] = []
  for (let round = 0; round < plan.rounds; round++) rounds.push(await drainOnce(plan.messages))
  const perSecond = median(rounds.map((drained) => drained.perSecond))
  return rounds.find((drained) => drained.perSecond === perSecond) ?? nothing
}

const nothing: Drained = { messages: 0, perSecond: Number.NaN, seconds: Number.NaN }

async function drainOnce(messages: number): Promise<Drained> {
  const sinkPort = await freePort()
  const place = openPlace(sinkPort)
  const filling = await place.start()
  const load = { connections: 32, first: 0, warmUpMs: 0, durationMs: patienceMs, messages }
  await putLoad({ ...load, port: filling.port })
  await filling.end("SIGTERM")

  const sink = await startScript("sink.ts", String(sinkPort))
  const gateway = await place.start()
  await untilNothingIsPending(gateway)
  const tally = await tallyOf(sink)
  await gateway.end("SIGKILL")
  await sink.end("SIGKILL")
  place.remove()
  if (tally.transactions !== messages || tally.repeated > 0) {
    throw new Error(`of ${messages} messages there came ${JSON.stringify(tally)}`)
  }
  const seconds = (tally.lastAt - tally.firstAt) / 1000
  return { messages, seconds, perSecond: messages / seconds }
}

async function untilNothingIsPending(gateway: Gateway): Promise<void> {
  const stopAt = performance.now() + patienceMs
  while (performance.now() < stopAt) {
    const { destinations, journal } = await gateway.status()
    if (destinations.central?.pending === 0 && journal.unfollowed === 0) return
    await Bun.sleep(pollMs)
  }
  throw new Error(`the backlog is still there after ${patienceMs / 1000} s`)
}

async function tallyOf(sink: Child): Promise<Tally> {
  return (await (await fetch(`http://127.0.0.1:${sink.said.port}/tally`)).json()) as Tally
}

/** A port of this machine that refuses connections until the sink takes it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
