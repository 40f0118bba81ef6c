import { type Context, Hono } from "hono"
import { openCodesApi } from "./codes.ts"
import { openDeliveriesApi } from "./deliveries.ts"
import { openDestinationsApi } from "./destinations.ts"
import { openHousekeepingApi } from "./housekeeping.ts"
import type { AdminView } from "./index.ts"
import { openMessagesApi } from "./messages.ts"
import { problem } from "./problem.ts"

/** Refused inputs on one page: as many as asked for, at most all that are kept. */
const limitMax = 1_000
const limitUsual = 100

/** `/api/v1`, whose every path asks for the token. Answers JSON, and the bytes of a message. */
export function openApi(view: AdminView) {
  const { status, store, clock } = view
  const api = new Hono({ strict: false })
  api.get("/status", async (c) => c.json(await status()))

  api.get("/quarantine", async (c) => {
    const limit = wholeNumber(c.req.query("limit") ?? String(limitUsual))
    const before = wholeNumber(c.req.query("before") ?? String(Number.MAX_SAFE_INTEGER))
    if (limit === undefined || limit > limitMax) {
      return problem(c, 400, `limit must be a whole number from 1 to ${limitMax}`)
    }
    if (before === undefined) {
      return problem(c, 400, "before must be the id of an entry, a whole number from 1")
    }
    const page = await store.quarantined({ limit, before })
    const next = page.length < limit ? null : (page.at(-1)?.id ?? null)
    return c.json({ quarantine: page.map(shown), next })
  })

  api.get("/quarantine/:id", async (c) => {
    const entry = await entryOf(c.req.param("id"))
    return entry ? c.json(shown(entry)) : noEntry(c)
  })

  api.get("/quarantine/:id/bytes", async (c) => {
    const entry = await entryOf(c.req.param("id"))
    if (!entry) return noEntry(c)
    // A browser saves it: what a stranger sent is never shown as a page of ours.
    return c.body(Uint8Array.from(entry.bytes), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="quarantine-${entry.id}.hl7"`,
    })
  })
  api.route("/", openDeliveriesApi(view))
  api.route("/destinations", openDestinationsApi(view))
  api.route("/messages", openMessagesApi(view))
  api.route("/", openHousekeepingApi({ store, clock }))
  api.route("/code-maps", openCodesApi(view))
  return api

  async function entryOf(text: string) {
    const id = wholeNumber(text)
    return id === undefined ? undefined : store.inQuarantine(id)
  }
}

type Entry = Awaited<ReturnType<AdminView["store"]["quarantined"]>>[number]

function shown({ id, source, peer, receivedAt, reason, size, kept }: Entry) {
  return { id, source, peer, receivedAt: new Date(receivedAt).toISOString(), reason, size, kept }
}

function noEntry(c: Context): Response {
  return problem(c, 404, `there is no ${c.req.param("id")} in quarantine`)
}

/** From 1, as ids and limits are; undefined for anything else. */
function wholeNumber(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : 0
  return number > 0 && Number.isSafeInteger(number) ? number : undefined
}
