import { openPlace, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import { medians } from "./median.ts"
import type { Figures, Plan } from "./part.ts"
import { freePort, startSink } from "./sink.ts"
import { table } from "./table.ts"

export const draining = {
  about: "a backlog to a sink that came back, as after an outage",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const messages = quick ? 5_000 : 30_000
    const rounds: Drained[] = []
    for (let round = 1; round <= (quick ? 1 : 3); round++) {
      const drained = await drain(messages)
      progress(`round ${round}: ${drained.perSecond.toFixed(0)}/s`)
      rounds.push(drained)
    }
    const { perSecond, seconds } = medians(rounds)
    const row = [String(messages), seconds.toFixed(1), perSecond.toFixed(0)]
    return {
      figures: { messages, perSecond, seconds, rounds },
      table: table(
        "A backlog to a local FHIR sink that stores nothing",
        ["messages", "seconds", "messages/s"],
        [row],
      ),
    }
  },
}

/** A backlog that left the box. */
interface Drained {
  perSecond: number
  /** From the first transaction at the sink to the last. */
  seconds: number
}

const patienceMs = 300_000

/**
 * Fills the box while its FHIR server is down, then starts both anew, as after a power cut, and
 * measures at the sink how fast the messages come. Throws when one is missing or comes twice.
 */
async function drain(messages: number): Promise<Drained> {
  const sinkPort = await freePort()
  const place = openPlace(sinkPort)
  const filling = await place.start()
  const load = { connections: 32, first: 0, warmUpMs: 0, durationMs: patienceMs, messages }
  await putLoad({ ...load, port: filling.port })
  await filling.end("SIGTERM")

  const sink = await startSink({ port: sinkPort })
  const gateway = await place.start()
  await untilNothingIsPending(gateway)
  const tally = await sink.tally()
  await gateway.end("SIGKILL")
  await sink.end("SIGKILL")
  place.remove()
  if (tally.transactions !== messages || tally.repeated > 0) {
    throw new Error(`of ${messages} messages there came ${JSON.stringify(tally)}`)
  }
  const seconds = (tally.lastAt - tally.firstAt) / 1000
  return { seconds, perSecond: messages / seconds }
}
