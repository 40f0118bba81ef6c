import type { Database } from "bun:sqlite"
import type { Delivery, Message } from "../../message.ts"
import type { Disk } from "../disk/database.ts"
import { lanesOf } from "./lanes.ts"
import { openIsOlder } from "./latest.ts"

interface First {
  id: number
  message_id: number
  subjects: Uint8Array
  attempts: number
  urgent: number
  replayed: number
  forced: number
}

interface MessageRow {
  id: number
  source: string
  peer: string
  received_at: number
  type: string
  bytes: Uint8Array
}

/** What is asked for; `except`: those in flight, which were handed out before. */
export interface NextOptions {
  now: number
  patienceMs: number
  limit: number
  except: ReadonlySet<number>
  /** What their messages may come to: `left` of the `max` that one alone may exceed. */
  bytes?: { left: number; max: number } | undefined
}

/**
 * The deliveries to `destination` whose turn it is: the first of each of their lanes, the urgent
 * before the others and each oldest first, at most `limit`, those in `except` left out. One whose
 * next try lies further off than `patienceMs` is due now: nobody waits that long, so the clock must
 * have jumped.
 */
export function openNext(database: Database) {
  const first = database.query<First, [string, number, number]>(
    `SELECT id, message_id, subjects, attempts, urgent, replayed, forced
     FROM delivery INDEXED BY delivery_first
     WHERE destination = ? AND state = 'pending' AND ahead = 0 AND (due_at <= ? OR due_at > ?)
     ORDER BY urgent DESC, id`,
  )
  const message = openMessages(database)
  const isOlder = openIsOlder(database)
  // The length stands before the bytes, which are not read for it.
  const size = database.query<{ size: number }, [number]>(
    "SELECT length(bytes) AS size FROM journal WHERE id = ?",
  )
  const inFlight = new InFlight()
  return (destination: string, options: NextOptions): Delivery[] => {
    const { now, patienceMs, limit, except, bytes } = options
    let left = bytes?.left ?? 0
    inFlight.keepOnly(destination, except)
    const free: First[] = []
    if (limit < 1) return []
    for (const row of first.iterate(destination, now, now + patienceMs)) {
      if (except.has(row.id) || inFlight.hinders(destination, row)) continue
      if (bytes) {
        left -= Math.min(size.get(row.message_id)?.size ?? 0, bytes.max)
        // None overtakes one that is too large now, or that would wait for ever.
        if (left < 0) break
      }
      inFlight.take(destination, row)
      free.push(row)
      if (free.length === limit) break
    }
    return free.map((row) => {
      const { id, message_id, subjects, attempts, replayed, forced } = row
      const found = message(message_id)
      if (!found) throw new Error(`delivery ${id} has lost its message ${message_id}`)
      const bows = replayed === 1 && forced === 0
      const createOnly = bows && isOlder(destination, subjects, message_id)
      const urgent = row.urgent === 1
      return { id, destination, attempts, urgent, createOnly, message: found }
    })
  }
}

/**
 * The lanes of what was handed out and is still in flight. Whoever was put back before it, or
 * stepped forward when it was discarded, waits for it: never two in flight for one subject.
 */
class InFlight {
  readonly #byDestination = new Map<string, Map<number, string[]>>()

  keepOnly(destination: string, ids: ReadonlySet<number>): void {
    const flights = this.#byDestination.get(destination)
    for (const id of flights?.keys() ?? []) if (!ids.has(id)) flights?.delete(id)
  }

  /** Whether one of them shares a lane with this one. */
  hinders(destination: string, { subjects }: First): boolean {
    const lanes = lanesOf(destination, subjects)
    for (const others of this.#byDestination.get(destination)?.values() ?? []) {
      if (others.some((lane) => lanes.includes(lane))) return true
    }
    return false
  }

  take(destination: string, { id, subjects }: First): void {
    const flights = this.#byDestination.get(destination) ?? new Map<number, string[]>()
    this.#byDestination.set(destination, flights)
    flights.set(id, lanesOf(destination, subjects))
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
