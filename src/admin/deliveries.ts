import { type Context, Hono } from "hono"
import type * as v from "valibot"
import type { Cause } from "../message.ts"
import { deliveriesAsked, discardAsked, read, replayAsked } from "./asked.ts"
import type { AdminView } from "./index.ts"
import { problem } from "./problem.ts"
import { type ShownHeld, shownDelivery, shownTrail, timeOf } from "./shown.ts"
import { whyWaiting } from "./waiting.ts"

/** What this asks of the server: how long a connection may be silent, in seconds; 0 for ever. */
interface Patience {
  timeout?(request: Request, seconds: number): void
}

type Exchange = Context<{ Bindings: Patience }>
type View = Pick<
  AdminView,
  "store" | "destinations" | "delivering" | "basis" | "routeAgain" | "log"
>
type Which = Parameters<View["store"]["tank"]["replay"]>[0]

/** The one token there is: whoever has it. */
export const by = "admin"

/** Below `/api/v1`: what is owed to whom, what is held and why, and what a person decides. */
export function openDeliveriesApi(view: View) {
  const { tank } = view.store
  const api = new Hono<{ Bindings: Patience }>()

  api.get("/deliveries", async (c) => {
    const query = read(deliveriesAsked, c.req.query())
    if ("wrong" in query) return problem(c, 400, query.wrong)
    const { limit, cursor, ...filter } = query.asked
    const page = await tank.page(wantedBy(filter), { limit, before: cursor })
    return c.json({ deliveries: page.deliveries.map(shownDelivery), next: page.before ?? null })
  })

  api.get("/deliveries/:id{[0-9]{1,15}}", async (c) => {
    const id = Number(c.req.param("id"))
    const found = await tank.one(id)
    if (!found) return problem(c, 404, `there is no delivery ${id}`)
    const { trail, waitsFor, ...delivery } = found
    const waiting = found.state === "pending" ? await waitingOf(view, found) : null
    return c.json({ ...shownDelivery(delivery), waiting, waitsFor, trail: shownTrail(trail) })
  })

  api.get("/held", async (c) => c.json({ held: await heldIn(view) }))

  api.post("/replay", async (c) => {
    const body = read(replayAsked, await bodyOf(c))
    if ("wrong" in body) return problem(c, 400, body.wrong)
    const { force } = body.asked
    const which = whichToReplay(view, body.asked)
    return decided(
      c,
      "replayed",
      tank.replay(which, { by, at: Date.now(), force, to: view.destinations }),
    )
  })

  api.post("/discard", async (c) => {
    const body = read(discardAsked, await bodyOf(c))
    if ("wrong" in body) return problem(c, 400, body.wrong)
    const { reason } = body.asked
    const which = whichOf(body.asked)
    return decided(c, "discarded", tank.discard(which, { by, at: Date.now(), reason }))
  })

  api.post("/unrouted/route", (c) => decided(c, "routed", view.routeAgain(by)))
  return api

  async function decided(c: Exchange, event: string, deciding: Promise<number>) {
    // A backlog of months takes longer than the 10 s after which the server gives up.
    c.env?.timeout?.(c.req.raw, 0)
    const count = await deciding
    view.log(event, { count, by })
    for (const destination of view.destinations) view.delivering.decided(destination)
    return c.json({ count })
  }
}

/** Why a pending delivery has not gone yet. */
export async function waitingOf(
  { store, delivering }: Pick<View, "store" | "delivering">,
  { destination, waitsFor, dueAt }: { destination: string; waitsFor: number[]; dueAt: number },
): Promise<string> {
  const { state, reason, notBefore } = delivering.standing(destination)
  // A person's pause ends only by a person.
  const probed = state !== "up" && !(destination in (await store.paused()))
  const stands = { state, reason, probedAt: probed ? notBefore : undefined }
  const before = await Promise.all(waitsFor.map((id) => store.tank.one(id)))
  const held = waitsFor.filter((_id, at) => before[at]?.state === "held")
  return whyWaiting({ waitsFor, held, dueAt }, stands, Date.now())
}

/** What is held, by destination and reason, the most first, and how much of it may go now. */
async function heldIn({ store, basis }: View): Promise<ShownHeld[]> {
  const held = new Map<string, ShownHeld>()
  for (const one of await store.tank.reasons()) {
    const { destination, reason, cause, deliveries, oldestAt } = one
    const since = timeOf(oldestAt)
    const name = `${destination} ${reason}`
    const sum = held.get(name) ?? { destination, reason, deliveries: 0, since, causeGone: 0 }
    held.set(name, sum)
    sum.deliveries += deliveries
    if (since < sum.since) sum.since = since
    if (cause === null || one.basis === null) continue
    if (one.basis !== basis(destination, cause)) sum.causeGone += deliveries
  }
  return [...held.values()].sort((one, other) => other.deliveries - one.deliveries)
}

function whichToReplay({ basis }: View, asked: v.InferOutput<typeof replayAsked>): Which {
  const { reason, causeGone, destination } = asked
  if (causeGone && destination) return { destination, causeGone: basisOf(destination, basis) }
  if (reason !== undefined) return { reason, destination }
  return whichOf(asked)
}

const causes: readonly Cause[] = ["map", "code", "preflight", "destination"]

/** What may hold a delivery to it as it is now: what was held by something else may go. */
function basisOf(destination: string, basis: View["basis"]): Partial<Record<Cause, string>> {
  return Object.fromEntries(causes.map((cause) => [cause, basis(destination, cause)]))
}

type Filter = NonNullable<v.InferOutput<typeof replayAsked>["filter"]>

function whichOf({ ids, filter }: { ids?: number[] | undefined; filter?: Filter | undefined }) {
  if (ids) return { ids }
  if (filter) return wantedBy(filter)
  throw new Error("deliveries that nobody named")
}

function wantedBy({ since, until, ...filter }: Filter) {
  return { ...filter, receivedFrom: since, receivedTo: until }
}

/** The JSON object that was sent; undefined where it is none. */
export async function bodyOf(c: Context): Promise<unknown> {
  const body: unknown = await c.req.json().catch(() => undefined)
  // A list has properties of its own, `filter` among them.
  return Array.isArray(body) ? undefined : body
}
