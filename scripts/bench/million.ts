import { join } from "node:path"
import { sizeOf } from "./disk.ts"
import { type Gateway, openPlace, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import type { Figures, Plan } from "./part.ts"
import { residentMb } from "./process.ts"
import { startSink } from "./sink.ts"
import { table } from "./table.ts"

const portions = 10
const sampleEveryMs = 250
const patienceMs = 600_000

export const million = {
  about: "a million messages in and out: memory, the database, its log; takes minutes",
  /** Ten portions, each acknowledged and then delivered, so that like stands beside like. */
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const messages = quick ? 1_000 : 100_000
    const sink = await startSink()
    const place = openPlace(sink.port)
    const gateway = await place.start()
    const database = join(place.data, "waystation.db")
    const through: Portion[] = []
    for (let portion = 0; portion < portions; portion++) {
      const one = await pass(gateway, `${database}-wal`, { messages, first: portion * messages })
      through.push({ ...one, databaseMb: sizeOf(database) / 1e6 })
      progress(
        `${(portion + 1) * messages} through, ${one.ackedPerSecond.toFixed(0)}/s in, ` +
          `${one.throughPerSecond.toFixed(0)}/s in and out, ${one.residentMb.toFixed(0)} MB`,
      )
    }
    const { transactions, repeated } = await sink.tally()
    await gateway.end("SIGKILL")
    await sink.end("SIGKILL")
    place.remove()
    if (transactions !== portions * messages || repeated > 0) {
      throw new Error(`of ${portions * messages} messages there came ${transactions}`)
    }
    return report(messages, through)
  },
}

/** What a portion of the messages took on its way in and out. */
interface Portion {
  ackedPerSecond: number
  throughPerSecond: number
  /** Resident memory meanwhile, the mean and the most. */
  residentMb: number
  residentMostMb: number
  /** The most that the database's log held. */
  walMostMb: number
  /** The database's file afterwards. */
  databaseMb: number
}

async function pass(
  gateway: Gateway,
  wal: string,
  { messages, first }: { messages: number; first: number },
): Promise<Omit<Portion, "databaseMb">> {
  const resident: number[] = []
  let walMost = 0
  const sampling = setInterval(() => {
    resident.push(residentMb(gateway.pid))
    walMost = Math.max(walMost, sizeOf(wal))
  }, sampleEveryMs)
  const startedAt = performance.now()
  const load = { connections: 64, first, warmUpMs: 0, durationMs: patienceMs, messages }
  const { perSecond } = await putLoad({ ...load, port: gateway.port })
  await untilNothingIsPending(gateway)
  clearInterval(sampling)
  return {
    ackedPerSecond: perSecond,
    throughPerSecond: (messages / (performance.now() - startedAt)) * 1000,
    residentMb: resident.reduce((sum, mb) => sum + mb, 0) / resident.length,
    residentMostMb: Math.max(...resident),
    walMostMb: walMost / 1e6,
  }
}

function report(messages: number, through: Portion[]): Figures {
  const [first, last] = [through[0], through.at(-1)]
  const growth = (last?.residentMb ?? Number.NaN) / (first?.residentMb ?? Number.NaN)
  const rows = through.map((one, index) => [
    String((index + 1) * messages),
    one.ackedPerSecond.toFixed(0),
    one.throughPerSecond.toFixed(0),
    one.residentMb.toFixed(0),
    one.residentMostMb.toFixed(0),
    one.walMostMb.toFixed(1),
    one.databaseMb.toFixed(0),
  ])
  const title =
    "Messages in and out on one box; memory while the last portion went through is " +
    `${growth.toFixed(2)} of that at the first`
  return { figures: { messages, growth, through }, table: table(title, head, rows) }
}

const head = [
  ...["messages", "acked/s", "in and out/s", "mean MB", "most MB"],
  ...["most MB of log", "database MB"],
]
