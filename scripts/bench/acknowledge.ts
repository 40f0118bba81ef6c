import { type Child, startScript } from "./child.ts"
import { openPlace } from "./gateway.ts"
import { type Measured, putLoad } from "./load.ts"
import { median } from "./median.ts"

/** Who answers: the peer from memory; we from the disk, alone or delivering at the same time. */
const contenders = ["@medplum/hl7", "waystation", "waystation, delivering"] as const

type Contender = (typeof contenders)[number]

/** Acknowledged messages under one load, the median of the rounds. */
export interface Acknowledging {
  connections: number
  contender: Contender
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** Messages a second as a multiple of the peer's. */
  ratio: number
  rounds: Measured[]
}

interface Plan {
  rounds: number
  connections: readonly number[]
  warmUpMs: number
  durationMs: number
  progress: (what: string) => void
}

/** Measures each contender under each load, taking turns, each time in a new process. */
export async function measureAcknowledging(plan: Plan): Promise<Acknowledging[]> {
  const loads = plan.connections.flatMap((connections) =>
    contenders.map((contender) => ({ connections, contender, rounds: [] as Measured[] })),
  )
  for (let round = 1; round <= plan.rounds; round++) {
    for (const { connections, contender, rounds } of loads) {
      const measured = await measureOne(contender, connections, plan)
      plan.progress(
        `round ${round} of ${plan.rounds}, ${connections} connections, ${contender}: ` +
          `${Math.round(measured.perSecond)}/s`,
      )
      rounds.push(measured)
    }
  }
  const medians = loads.map((load) => ({
    ...load,
    perSecond: median(load.rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(load.rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(load.rounds.map(({ p99Ms }) => p99Ms)),
  }))
  return medians.map((one) => {
    const peer = medians.find((other) => {
      return other.connections === one.connections && other.contender === contenders[0]
    })
    return { ...one, ratio: one.perSecond / (peer?.perSecond ?? Number.NaN) }
  })
}

async function measureOne(
  contender: Contender,
  connections: number,
  { warmUpMs, durationMs }: Plan,
): Promise<Measured> {
  const load = { connections, first: 0, warmUpMs, durationMs }
  if (contender === "@medplum/hl7") {
    const peer = await startScript("peer.ts")
    const measured = await putLoad({ ...load, port: Number(peer.said.port) })
    await peer.end("SIGKILL")
    return measured
  }
  const sink = contender === "waystation" ? undefined : await startScript("sink.ts")
  const measured = await measureGateway(sink, load)
  await sink?.end("SIGKILL")
  return measured
}

/** The gateway under a load; every message it acknowledged must be in its journal afterwards. */
async function measureGateway(
  sink: Child | undefined,
  load: Omit<Parameters<typeof putLoad>[0], "port">,
): Promise<Measured> {
  const place = openPlace(sink && Number(sink.said.port))
  const gateway = await place.start()
  const measured = await putLoad({ ...load, port: gateway.port })
  const { sources } = await gateway.status()
  const stored = sources.lab?.stored ?? 0
  await gateway.end("SIGKILL")
  place.remove()
  if (stored !== measured.ackedInAll) {
    throw new Error(`${measured.ackedInAll} messages were acknowledged, ${stored} are stored`)
  }
  return measured
}
