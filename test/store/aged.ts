import { Database } from "bun:sqlite"
import { join } from "node:path"
import type { Outcome } from "../../src/message.ts"
import type { Store } from "../../src/store/index.ts"
import type { Purged } from "../../src/store/purge/purge.ts"
import { followTo } from "./follow-to.ts"

export const day = 86_400_000
/** A day in 2026, from which these tests count. */
export const start = Date.UTC(2026, 3, 15)
export const retention = {
  delivered: 30 * day,
  unrouted: 90 * day,
  discarded: 90 * day,
  quarantined: 90 * day,
  known: 730 * day,
}

export const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
export const held: Outcome = { outcome: "hold", reason: "422", said: "no such ward" }

/** Takes in so many messages of one size, each of a patient of its own; answers their ids. */
export async function takeIn(store: Store, count: number, bytes = 600): Promise<number[]> {
  const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: start, type: "ORU^R01" }
  const appended = Array.from({ length: count }, () => {
    const name = crypto.randomUUID()
    const text = `secret of ${name}`.padEnd(bytes, "x")
    return store.append({ ...about, controlId: name, subjects: [name], bytes: Buffer.from(text) })
  })
  return (await Promise.all(appended)).map(({ id }) => id)
}

/** Takes in messages, owes them to these destinations, and settles all that is due to one. */
export async function takeInFor(store: Store, count: number, ...destinations: string[]) {
  const ids = await takeIn(store, count)
  await followTo(store, ...destinations)
  return ids
}

/** Settles every delivery to a destination that is due. */
export async function settleAll(store: Store, destination: string, outcome: Outcome) {
  const options = { now: start, patienceMs: day, limit: 100_000, except: new Set<number>() }
  const due = await store.next(destination, options)
  const settlement = { outcome, dueAt: 0, told: [], notes: ["OBX-5 dropped"], at: start }
  await Promise.all(
    due.map(({ id, message }) =>
      store.settle({ id, destination, messageId: message.id }, settlement),
    ),
  )
}

/** Notes a day of the box's life: the day `at` after the start. */
export function note(store: Store, at: number): Promise<void> {
  return store.housekeeping.note(start + at * day, retention)
}

/** Purges as far as it goes, that many days after the start. */
export async function purge(store: Store, at: number, kept = retention): Promise<Purged> {
  const sum = { messages: 0, quarantined: 0, more: true }
  while (sum.more) {
    const { messages, quarantined, more } = await store.housekeeping.purge(kept, start + at * day)
    sum.messages += messages
    sum.quarantined += quarantined
    sum.more = more
  }
  return sum
}

/** Rows of the database, as another process would find them. */
export function rows<Row>(folder: string, sql: string): Row[] {
  const database = new Database(join(folder, "waystation.db"), { readonly: true })
  try {
    return database.query<Row, []>(sql).all()
  } finally {
    database.close()
  }
}

/** The ids of the messages that are still there. */
export function kept(folder: string): number[] {
  return rows<{ id: number }>(folder, "SELECT id FROM journal ORDER BY id").map(({ id }) => id)
}
