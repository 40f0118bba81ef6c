import { type Child, startScript } from "./child.ts"
import { openPlace } from "./gateway.ts"
import { medians } from "./median.ts"
import type { Figures, Plan } from "./part.ts"
import { residentMb } from "./process.ts"
import { table } from "./table.ts"

export const starting = {
  about: "the time to ready, and memory at rest",
  async measure({ quick }: Plan): Promise<Figures> {
    const idleMs = quick ? 500 : 3_000
    const peers: Idle[] = []
    const ours: Idle[] = []
    for (let round = 1; round <= (quick ? 3 : 7); round++) {
      peers.push(await idle(await startScript("peer.ts"), idleMs))
      const place = openPlace()
      ours.push(await idle(await place.start(), idleMs))
      place.remove()
    }
    const figures = { "@medplum/hl7": medians(peers), waystation: medians(ours) }
    const rows = Object.entries(figures).map(([contender, { startMs, idleMb }]) => {
      return [contender, startMs.toFixed(0), idleMb.toFixed(0)]
    })
    return { figures, table: table("Start", ["process", "ms to ready", "idle MB"], rows) }
  },
}

interface Idle {
  /** From the spawn to its word that it is ready. */
  startMs: number
  /** Resident memory after a while of nothing. */
  idleMb: number
}

async function idle(child: Child, idleMs: number): Promise<Idle> {
  await Bun.sleep(idleMs)
  const idleMb = residentMb(child.pid)
  await child.end("SIGTERM")
  return { startMs: child.startMs, idleMb }
}
