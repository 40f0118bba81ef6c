import { startScript } from "./child.ts"
import { type Fsync, measureFsync } from "./disk.ts"
import { type Gateway, openPlace, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import { medians } from "./median.ts"
import { type Meanwhile, type Observed, observe } from "./observe.ts"
import type { Figures, Plan } from "./part.ts"
import { type SinkSettings, startSink } from "./sink.ts"
import { table } from "./table.ts"

const peer = "@medplum/hl7"

/** The peer answers from memory; we answer from the disk, alone or delivering at the same time. */
const contenders: readonly { name: string; sink?: SinkSettings }[] = [
  { name: peer },
  { name: "waystation" },
  // A centre near by: eight transactions in flight make some 300 a second.
  { name: "waystation, delivering", sink: { answerMs: 25 } },
  { name: "waystation, delivering all it can", sink: {} },
]

interface Rounds {
  connections: number
  contender: (typeof contenders)[number]
  rounds: Observed[]
}

export const acknowledging = {
  about: "acknowledgements at 1, 8 and 64 connections, beside those of @medplum/hl7",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const warmUpMs = quick ? 1_000 : 3_000
    const durationMs = quick ? 1_000 : 5_000
    const loads: Rounds[] = [1, 8, 64].flatMap((connections) =>
      contenders.map((contender) => ({ connections, contender, rounds: [] })),
    )
    const fsyncs: Fsync[] = []
    // Rounds take turns, each time in new processes: the machine is faster at some times.
    for (let round = 1; round <= (quick ? 1 : 5); round++) {
      for (const { connections, contender, rounds } of loads) {
        if (contender.name === peer) fsyncs.push(measureFsync())
        const load = { connections, first: 0, warmUpMs, durationMs }
        const one =
          contender.name === peer
            ? await observePeer(load)
            : await observeGateway(load, contender.sink)
        progress(
          `round ${round}, ${connections} connections, ${contender.name}: ` +
            `${one.perSecond.toFixed(0)}/s`,
        )
        rounds.push(one)
      }
    }
    return compare(loads, medians(fsyncs))
  },
}

type Load = Parameters<typeof observe>[1]

async function observePeer(load: Load): Promise<Observed> {
  const child = await startScript("peer.ts")
  const observed = await observe({ pid: child.pid, port: Number(child.said.port) }, load)
  await child.end("SIGKILL")
  return observed
}

/**
 * A new gateway under a load, delivering to a sink where there are settings for one. Every message
 * it acknowledged must be in its journal afterwards. `variables` join its environment.
 */
export async function observeGateway(
  load: Load,
  settings?: SinkSettings,
  more: { variables?: Record<string, string>; meanwhile?: (gateway: Gateway) => Meanwhile } = {},
): Promise<Observed> {
  const sink = settings && (await startSink(settings))
  const place = openPlace(sink?.port, { variables: more.variables })
  const gateway = await place.start()
  const before = sink ? await deliverSome(gateway, load.durationMs) : 0
  const first = load.first + before
  const meanwhile = more.meanwhile?.(gateway)
  const observed = await observe(gateway, { ...load, first }, { sink, meanwhile })
  const { sources } = await gateway.status()
  const stored = sources.lab?.stored ?? 0
  await gateway.end("SIGKILL")
  await sink?.end("SIGKILL")
  place.remove()
  const acked = before + observed.ackedInAll
  if (stored !== acked) throw new Error(`${acked} messages were acknowledged, ${stored} are stored`)
  return observed
}

/**
 * Has a new gateway deliver a thousand messages for each second that is measured; answers how many.
 * It runs for months, and its first seconds go to compiling the map, which is another matter.
 */
async function deliverSome(gateway: Gateway, durationMs: number): Promise<number> {
  const load = { port: gateway.port, connections: 64, first: 0, warmUpMs: 0, durationMs: 60_000 }
  const { acked } = await putLoad({ ...load, messages: durationMs })
  await untilNothingIsPending(gateway)
  return acked
}

function compare(loads: readonly Rounds[], fsync: Fsync): Figures {
  const all = loads.map(({ connections, contender, rounds }) => {
    return { connections, contender: contender.name, ...medians(rounds), rounds }
  })
  const compared = all.map((one) => {
    const ofPeer = all.find((other) => {
      return other.contender === peer && other.connections === one.connections
    })
    const beyondMs = one.p50Ms - (ofPeer?.p50Ms ?? Number.NaN)
    return {
      ...one,
      ratio: one.perSecond / (ofPeer?.perSecond ?? Number.NaN),
      // How much later than the peer's the middle answer comes; of many at once, each waits for
      // the others too.
      fsyncsBeyond: beyondMs / fsync.overwrittenMs,
    }
  })
  const rows = compared.map((one) => [
    String(one.connections),
    one.contender,
    one.perSecond.toFixed(0),
    one.ratio.toFixed(2),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    one.connections > 1 ? "" : one.fsyncsBeyond.toFixed(1),
    one.deliveredPerSecond.toFixed(0),
    one.writtenPerMessage.toFixed(0),
    [one.mainUs, one.otherUs].map((us) => us.toFixed(0)).join(" + "),
  ])
  const title =
    "Acknowledged messages of 751 bytes; ours are fsynced, the peer stores nothing.\n" +
    `One fsync of the log here: ${fsync.overwrittenMs.toFixed(3)} ms over former content, ` +
    `${fsync.appendedMs.toFixed(3)} ms appended`
  return { figures: { fsync, loads: compared }, table: table(title, head, rows) }
}

const head = [
  ...["connections", "listener", "messages/s", "of the peer's", "p50 ms", "p99 ms"],
  ...["p50 beyond its in fsyncs", "delivered/s", "bytes written", "µs main + other"],
]
