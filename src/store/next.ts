import type { Database } from "bun:sqlite"
import type { Delivery, Message } from "../message.ts"
import type { Disk } from "./database.ts"

interface First {
  id: number
  message_id: number
  attempts: number
}

interface MessageRow {
  id: number
  source: string
  peer: string
  received_at: number
  type: string
  bytes: Uint8Array
}

/**
 * The deliveries to `destination` whose turn it is: the first of each of their lanes, oldest first,
 * at most `limit`, those in `except` (in flight now) left out. One whose next try lies further off
 * than `patienceMs` is due now: nobody waits that long, so the clock must have jumped.
 */
export function openNext(database: Database) {
  const first = database.query<First, [string, number, number, number]>(
    `SELECT id, message_id, attempts FROM delivery INDEXED BY delivery_first
     WHERE destination = ? AND state = 'pending' AND ahead = 0 AND (due_at <= ? OR due_at > ?)
     ORDER BY id LIMIT ?`,
  )
  const message = openMessages(database)
  return (
    destination: string,
    options: { now: number; patienceMs: number; limit: number; except: ReadonlySet<number> },
  ): Delivery[] => {
    const { now, patienceMs, limit, except } = options
    const rows = first.all(destination, now, now + patienceMs, limit + except.size)
    const free = rows.filter(({ id }) => !except.has(id)).slice(0, limit)
    return free.map(({ id, message_id, attempts }) => {
      const found = message(message_id)
      if (!found) throw new Error(`delivery ${id} has lost its message ${message_id}`)
      return { id, destination, attempts, message: found }
    })
  }
}

/** Reads a message back; undefined when it was purged. The one place its bytes are read. */
export function openMessages(database: Database): (id: number) => Message | undefined {
  const query = database.query<MessageRow, [number]>(
    "SELECT id, source, peer, received_at, type, bytes FROM journal WHERE id = ?",
  )
  return (id) => {
    const row = query.get(id)
    if (!row) return undefined
    const { received_at: receivedAt, ...rest } = row
    return { ...rest, receivedAt }
  }
}

/** When the next delivery that waits for its next try falls due, and how to hurry them all. */
export function openWaiting(disk: Disk) {
  const { database } = disk
  const dueAt = database.query<{ due_at: number | null }, [string, number]>(
    `SELECT min(due_at) AS due_at FROM delivery INDEXED BY delivery_waiting
     WHERE destination = ? AND state = 'pending' AND ahead = 0 AND due_at > 0 AND due_at > ?`,
  )
  const hurry = database.query<unknown, [string]>(
    `UPDATE delivery INDEXED BY delivery_waiting SET due_at = 0
     WHERE destination = ? AND state = 'pending' AND ahead = 0 AND due_at > 0`,
  )
  return {
    nextDueAt: (destination: string, now: number) =>
      dueAt.get(destination, now)?.due_at ?? undefined,
    hurry: (destination: string) => void disk.lazily(() => hurry.run(destination)),
  }
}
