import { openLink } from "../../test/fake/link.ts"
import { openPlace, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import type { Figures, Plan } from "./part.ts"
import { freePort, startSink } from "./sink.ts"
import { table } from "./table.ts"

const line = { bitsPerSecond: 64_000, delayMs: 600 }

/** A transaction of ten may take longer than the usual 30 s on such a line. */
const timeout = 'timeout = "10m"'

const ways: readonly { name: string; settings: readonly string[] }[] = [
  { name: "plain", settings: [] },
  { name: "gzip", settings: ["gzip = true"] },
  { name: "up to 10 in one", settings: ["batchMax = 10", "concurrency = 40"] },
  { name: "gzip, up to 10 in one", settings: ["gzip = true", "batchMax = 10", "concurrency = 40"] },
]

export const link = {
  about: "a backlog over 64 kbit/s with 600 ms delay each way; takes minutes",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const messages = quick ? 20 : 200
    const figures: (Carried & { name: string })[] = []
    const notes: string[] = []
    for (const { name, settings } of ways) {
      const carried = await carry(messages, settings)
      if ("problem" in carried) notes.push(`${name}: not measured, ${carried.problem}`)
      else figures.push({ name, ...carried })
      progress(`${name}: ${"problem" in carried ? carried.problem : `${carried.seconds} s`}`)
    }
    const rows = figures.map((one) => [
      one.name,
      ...[one.transactions, one.upBytes, one.downBytes, one.perMinute].map((n) => n.toFixed(0)),
    ])
    const title = `A backlog of ${messages} messages of 751 bytes over 64 kbit/s, 600 ms each way`
    const measured = table(title, head, rows)
    return { figures: { messages, line, figures, notes }, table: [measured, ...notes].join("\n") }
  },
}

const head = ["sent", "transactions", "bytes up a message", "bytes down", "messages a minute"]

interface Carried {
  transactions: number
  /** On the wire for each message, with what TCP and IP add. */
  upBytes: number
  downBytes: number
  seconds: number
  perMinute: number
}

/** Lets a backlog through the line; a problem where the binary does not know the settings. */
async function carry(
  messages: number,
  settings: readonly string[],
): Promise<Carried | { problem: string }> {
  const port = await freePort()
  const place = openPlace(port, { settings: [timeout, ...settings].join("\n") })
  const unknown = await place.start().then(
    async (filling) => {
      const load = { connections: 8, first: 0, warmUpMs: 0, durationMs: patienceMs, messages }
      await putLoad({ ...load, port: filling.port })
      await filling.end("SIGTERM")
    },
    (error: Error) => {
      const { problems } = JSON.parse(error.message) as { problems: string[] }
      return problems.join("; ")
    },
  )
  if (unknown !== undefined) {
    place.remove()
    return { problem: unknown }
  }
  const sink = await startSink()
  const thin = await openLink({ to: sink.port, port, ...line })
  const gateway = await place.start()
  const from = Date.now()
  await untilNothingIsPending(gateway)
  const { transactions, reports, lastAt } = await sink.tally()
  const { up, down } = thin.bytes
  await gateway.end("SIGKILL")
  await thin.close()
  await sink.end("SIGKILL")
  place.remove()
  if (reports !== messages) throw new Error(`of ${messages} messages there came ${reports}`)
  const seconds = (lastAt - from) / 1000
  const each = { upBytes: up / messages, downBytes: down / messages }
  return { transactions, ...each, seconds, perMinute: (messages / seconds) * 60 }
}

const patienceMs = 60_000
