import { Hono } from "hono"
import type { AdminView } from "./index.ts"
import { problem } from "./problem.ts"

/** What this asks of the server: how long a connection may be silent, in seconds; 0 for ever. */
interface Patience {
  timeout?(request: Request, seconds: number): void
}

/** What it works with. */
interface Given extends Pick<AdminView, "clock"> {
  store: Pick<AdminView["store"], "backup">
}

/** Who takes nothing of a backup for so long has gone. */
const silentSeconds = 120

/** Below `/api/v1`: a backup of all there is, and a person's word that the clock is right. */
export function openHousekeepingApi({ store, clock }: Given) {
  const api = new Hono<{ Bindings: Patience }>()

  api.post("/backup", async (c) => {
    // Nothing goes out while the database is copied, and a large one takes longer than 10 s.
    c.env.timeout?.(c.req.raw, 0)
    const made = await store.backup(Date.now())
    if ("problem" in made) return problem(c, 503, made.problem)
    c.env.timeout?.(c.req.raw, silentSeconds)
    const name = `waystation-${made.madeAt.replaceAll(/[:.]/g, "-")}.tar`
    return c.body(made.stream, 200, {
      "content-type": "application/x-tar",
      "content-length": String(made.size),
      "content-disposition": `attachment; filename="${name}"`,
    })
  })

  api.post("/clock/confirm", async (c) => {
    const steppedMs = await clock.confirm()
    return c.json({ steppedSeconds: steppedMs === undefined ? 0 : Math.round(steppedMs / 1000) })
  })
  return api
}
