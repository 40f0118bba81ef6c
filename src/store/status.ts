import type { Database } from "bun:sqlite"
import type { DeliveryState } from "../message.ts"
import type { Tail } from "./journal/tail.ts"

/** What the store can count at any moment, at the same cost whatever the backlog. */
export interface Counts {
  sources: Record<string, { stored: number; lastAt: number }>
  destinations: Record<string, Record<DeliveryState, number> & { oldestPendingAt: number | null }>
  unrouted: number
  unfollowed: number
  /** By source, what is kept of it that was no message; a source without any is left out. */
  quarantined: Record<string, number>
}

/** Opens the count of messages by source and of deliveries by destination and state. */
export function openCounts(database: Database, tail: Tail): () => Counts {
  const tallies = database.query<
    { source: string; stored: number; unrouted: number; last_at: number },
    []
  >("SELECT source, stored, unrouted, last_at FROM source_tally")
  const deliveries = database.query<
    { destination: string; state: DeliveryState; deliveries: number },
    []
  >("SELECT destination, state, deliveries FROM delivery_tally")
  // At most a thousand rows, of whose bytes nothing is read.
  const quarantined = database.query<{ source: string; entries: number }, []>(
    "SELECT source, count(*) AS entries FROM quarantine GROUP BY source",
  )
  // The oldest that is pending stands first in each of its lanes, or behind one that is held.
  const first = (urgent: 0 | 1) =>
    `(SELECT min(id) FROM delivery INDEXED BY delivery_first WHERE destination = ?1
      AND state = 'pending' AND ahead = 0 AND urgent = ${urgent})`
  const oldest = database.query<{ received_at: number }, [string]>(
    `SELECT received_at FROM journal WHERE id = (SELECT message_id FROM delivery
     WHERE id IN (${first(0)}, ${first(1)}) ORDER BY id LIMIT 1)`,
  )
  return () => {
    const entries = quarantined.all().map(({ source, entries }) => [source, entries])
    const counts: Counts = {
      ...{ sources: {}, destinations: {}, unrouted: 0, unfollowed: 0 },
      quarantined: Object.fromEntries(entries),
    }
    for (const { source, stored, unrouted, last_at } of tallies.all()) {
      counts.sources[source] = { stored, lastAt: last_at }
      counts.unrouted += unrouted
    }
    for (const { source, receivedAt } of tail.next(Number.POSITIVE_INFINITY)) {
      const followed = counts.sources[source]?.stored ?? 0
      counts.sources[source] = { stored: followed + 1, lastAt: receivedAt }
      counts.unfollowed++
    }
    for (const { destination, state, deliveries: count } of deliveries.all()) {
      counts.destinations[destination] ??= {
        pending: 0,
        delivered: 0,
        held: 0,
        discarded: 0,
        oldestPendingAt: oldest.get(destination)?.received_at ?? null,
      }
      counts.destinations[destination][state] = count
    }
    return counts
  }
}

/** Opens the count of the deliveries that are pending, to whatever destination. */
export function openPending(database: Database): () => number {
  const query = database.query<{ pending: number }, []>(
    "SELECT total(deliveries) AS pending FROM delivery_tally WHERE state = 'pending'",
  )
  return () => query.get()?.pending ?? 0
}
