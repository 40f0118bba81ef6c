import { observeGateway } from "./acknowledge.ts"
import { openFolder } from "./disk.ts"
import type { Load } from "./load.ts"
import { medians, share } from "./median.ts"
import type { Observed } from "./observe.ts"
import type { Figures, Plan } from "./part.ts"
import { buildShim } from "./shim.ts"
import type { SinkSettings } from "./sink.ts"
import { table } from "./table.ts"

/** About what an SD card takes. */
const fsyncMs = 20
/** How often the admin API is asked for the status. */
const askEveryMs = 10

export const slowDisk = {
  about: `acknowledgements and the admin API while each fsync takes ${fsyncMs} ms longer; needs cc`,
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const shim = buildShim(openFolder(), "slow-fsync")
    if ("problem" in shim)
      return { figures: shim, table: `A slow disk, not measured: ${shim.problem}` }
    const [warmUpMs, durationMs] = quick ? [1_000, 2_000] : [3_000, 10_000]
    const load = { connections: 64, first: 0, warmUpMs, durationMs }
    const contenders = [
      { name: "waystation", sink: undefined, rounds: [] as Slow[] },
      { name: "waystation, delivering", sink: { answerMs: 25 }, rounds: [] as Slow[] },
    ]
    for (let round = 1; round <= (quick ? 1 : 5); round++) {
      for (const { name, sink, rounds } of contenders) {
        const slow = await observeSlow(load, sink, shim.file)
        progress(`round ${round}, ${name}: ${slow.perSecond.toFixed(0)}/s`)
        rounds.push(slow)
      }
    }
    const figures = contenders.map(({ name, rounds }) => ({ name, ...medians(rounds), rounds }))
    const rows = figures.map((one) => [
      one.name,
      one.perSecond.toFixed(0),
      one.p50Ms.toFixed(1),
      one.p99Ms.toFixed(1),
      one.deliveredPerSecond.toFixed(0),
      one.adminP50Ms.toFixed(1),
      one.adminP99Ms.toFixed(1),
    ])
    const title = `64 connections, with every fsync ${fsyncMs} ms slower`
    return { figures, table: table(title, head, rows) }
  },
}

const head = [
  ...["listener", "messages/s", "p50 ms", "p99 ms", "delivered/s"],
  ...["admin p50 ms", "admin p99 ms"],
]

/** Besides, how long GET /api/v1/status took, asked all the while. */
interface Slow extends Observed {
  adminP50Ms: number
  adminP99Ms: number
}

async function observeSlow(
  load: Omit<Load, "port">,
  sink: SinkSettings | undefined,
  shim: string,
): Promise<Slow> {
  const took: number[] = []
  const observed = await observeGateway(load, sink, {
    variables: { LD_PRELOAD: shim, SLOW_FSYNC_MS: String(fsyncMs) },
    meanwhile: (gateway) => async (over) => {
      while (!over.aborted) {
        const startedAt = performance.now()
        await gateway.status()
        took.push(performance.now() - startedAt)
        await Bun.sleep(askEveryMs)
      }
    },
  })
  if (observed.p50Ms < fsyncMs) throw new Error(`half the answers came within ${observed.p50Ms} ms`)
  took.sort((a, b) => a - b)
  return { ...observed, adminP50Ms: share(took, 0.5), adminP99Ms: share(took, 0.99) }
}
