import { type Child, startScript } from "./child.ts"
import { openPlace } from "./gateway.ts"
import { median } from "./median.ts"

/** From the spawn to its word that it is ready, and resident memory after a while of nothing. */
export interface Starting {
  contender: "@medplum/hl7" | "waystation"
  startMs: number
  idleMb: number
}

/** Starts each contender so many times, in turns; the median counts. */
export async function measureStarting(plan: {
  rounds: number
  idleMs: number
}): Promise<Starting[]> {
  const peers: Idle[] = []
  const ours: Idle[] = []
  for (let round = 0; round < plan.rounds; round++) {
    peers.push(await idle(await startScript("peer.ts"), plan.idleMs))
    const place = openPlace()
    ours.push(await idle(await place.start(), plan.idleMs))
    place.remove()
  }
  return [
    { contender: "@medplum/hl7", ...medians(peers) },
    { contender: "waystation", ...medians(ours) },
  ]
}

type Idle = Omit<Starting, "contender">

async function idle(child: Child, idleMs: number): Promise<Idle> {
  await Bun.sleep(idleMs)
  const idleMb = child.residentMb()
  await child.end("SIGTERM")
  return { startMs: child.startMs, idleMb }
}

function medians(all: Idle[]): Idle {
  return {
    startMs: median(all.map(({ startMs }) => startMs)),
    idleMb: median(all.map(({ idleMb }) => idleMb)),
  }
}
