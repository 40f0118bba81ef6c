import { Hono } from "hono"
import { pauseAsked, read } from "./asked.ts"
import { bodyOf, by } from "./deliveries.ts"
import type { AdminView } from "./index.ts"
import { problem } from "./problem.ts"

type View = Pick<AdminView, "store" | "destinations" | "delivering" | "status" | "log">

/** A person's pause as its destination's standing says it. */
export function pausedBecause({ by, reason }: { by: string; reason: string }): string {
  return reason === "" ? `by ${by}` : `by ${by}: ${reason}`
}

/** Below `/api/v1/destinations/NAME`: a person stops a destination, and lets it go on. */
export function openDestinationsApi({ store, destinations, delivering, status, log }: View) {
  const api = new Hono()

  api.use("/:name/*", async (c, next) => {
    if (destinations.includes(c.req.param("name"))) return next()
    const named = destinations.join(", ") || "none"
    return problem(c, 404, `there is no such destination; there are: ${named}`)
  })

  api.post("/:name/pause", async (c) => {
    const name = c.req.param("name")
    const body = read(pauseAsked, await bodyOf(c))
    if ("wrong" in body) return problem(c, 400, body.wrong)
    const paused = { by, at: Date.now(), reason: body.asked.reason }
    // On the disk first: it must outlive a start that comes a moment later.
    await store.pause(name, paused)
    delivering.pause(name, pausedBecause(paused))
    log("destination-paused-by-person", { destination: name, by })
    return c.json(await standingOf(name))
  })

  api.post("/:name/resume", async (c) => {
    const name = c.req.param("name")
    await store.resume(name)
    delivering.resume(name)
    log("destination-resumed-by-person", { destination: name, by })
    return c.json(await standingOf(name))
  })

  api.post("/:name/probe", async (c) => {
    const name = c.req.param("name")
    if (name in (await store.paused())) {
      return problem(c, 409, `${name} was paused by a person: resume it, and it is tried at once`)
    }
    delivering.probe(name)
    return c.json(await standingOf(name), 202)
  })
  return api

  async function standingOf(name: string) {
    return (await status()).destinations[name]
  }
}
