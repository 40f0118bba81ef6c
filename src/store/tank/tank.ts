import type { Database } from "bun:sqlite"
import type { Cause } from "../../message.ts"
import { turn } from "../disk/turn.ts"
import type { Destinations } from "../lanes/destinations.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { Order } from "../lanes/order.ts"
import { openTrailOf, type TrailEntry } from "../trail.ts"
import { type Discard, openDecide, type Replay } from "./decide.ts"
import { type Found, openFind, sliceMax, type Wanted } from "./found.ts"

/** Deliveries by their ids, or all that are wanted. */
export type Which = { ids: readonly number[] } | Wanted

/** Why some are held, how many, and since when the oldest of them. */
export interface HeldFor {
  destination: string
  reason: string
  /** What of the configuration held them, and its digest then. */
  cause: Cause | null
  basis: string | null
  deliveries: number
  oldestAt: number
}

/**
 * Deliveries as people look at them and decide about them. Every decision stands in the trail and
 * is on the disk when it is answered.
 */
export interface Tank {
  /** The newest first, from below the id `before`; in the answer, where to go on if anywhere. */
  page(
    wanted: Wanted,
    page: { limit: number; before?: number | undefined },
  ): Promise<{ deliveries: Found[]; before?: number | undefined }>
  /** One with its message's trail and those it waits for; undefined where there is none. */
  one(id: number): Promise<(Found & { waitsFor: number[]; trail: TrailEntry[] }) | undefined>
  ofMessage(messageId: number): Promise<Found[]>
  /** Counted from an index alone, however many there are. */
  reasons(): Promise<HeldFor[]>
  /** Puts what is not pending back in its order; answers how many that were. */
  replay(which: Which, decision: Replay): Promise<number>
  /** Gives up what is pending or held; answers how many that were. */
  discard(which: Which, decision: Discard): Promise<number>
}

/** A commit of decisions takes no more than this and its fsync, so that intake never waits long. */
const commitMs = 5

interface Given {
  database: Database
  lanes: Lanes
  order: Order
  destinations: Destinations
}

/** Opens the holding tank, and the way to every other delivery. */
export function openTank({ database, lanes, order, destinations }: Given): Tank {
  const find = openFind(database)
  const decide = openDecide(database, order, destinations)
  const trailOf = openTrailOf(database)
  const reasons = database.query<HeldFor, []>(
    `SELECT destination, reason, cause, basis, count(*) AS deliveries, min(settled_at) AS oldestAt
     FROM delivery INDEXED BY delivery_reason WHERE state = 'held'
     GROUP BY destination, reason, cause, basis`,
  )

  async function page(wanted: Wanted, { limit, before }: { limit: number; before?: number }) {
    const deliveries: Found[] = []
    let slice = find.slice(wanted, limit, before)
    for (;;) {
      deliveries.push(...slice.deliveries)
      const full = deliveries.length >= limit
      if (full || slice.before === undefined) return { deliveries, before: slice.before }
      await turn()
      slice = find.slice(wanted, limit - deliveries.length, slice.before)
    }
  }

  /** The oldest first: that is the order in which they go. */
  async function idsOf(which: Which): Promise<number[]> {
    if ("ids" in which) return [...new Set(which.ids)].sort((one, other) => one - other)
    const ids: number[] = []
    let slice = find.slice(which, sliceMax)
    for (;;) {
      for (const { id } of slice.deliveries) ids.push(id)
      if (slice.before === undefined) return ids.reverse()
      await turn()
      slice = find.slice(which, sliceMax, slice.before)
    }
  }

  /** In commits that leave room between them: 10,000 at once would hold up all that comes in. */
  async function decideAll(which: Which, one: (id: number) => boolean): Promise<number> {
    const ids = await idsOf(which)
    let [at, done] = [0, 0]
    while (at < ids.length) {
      const chunk = lanes.durably(() => decideSome(ids, at, one))
      at = chunk.at
      done += chunk.done
      await turn()
    }
    return done
  }

  return {
    page,
    async one(id) {
      const found = find.one(id)
      return found && { ...found, waitsFor: order.waitsFor(id), trail: trailOf(found.messageId) }
    },
    ofMessage: async (messageId) => find.ofMessage(messageId),
    reasons: async () => reasons.all(),
    replay: (which, decision) => decideAll(which, (id) => decide.replay(id, decision)),
    discard: (which, decision) => decideAll(which, (id) => decide.discard(id, decision)),
  }
}

/** As many as the time of one commit allows, from the place `from` on. */
function decideSome(ids: readonly number[], from: number, one: (id: number) => boolean) {
  const until = performance.now() + commitMs
  let [at, done] = [from, 0]
  for (; at < ids.length; at++) {
    if (at > from && performance.now() >= until) break
    if (one(ids[at] ?? 0)) done++
  }
  return { at, done }
}
