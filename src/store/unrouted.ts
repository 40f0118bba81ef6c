import type { Database } from "bun:sqlite"
import type { Decision } from "./destinations.ts"
import { readMark } from "./follow.ts"
import { type Lanes, lanesOf } from "./lanes.ts"
import type { Order } from "./order.ts"
import type { Kind } from "./tail.ts"
import { openTrail } from "./trail.ts"
import { turn } from "./turn.ts"

interface Row extends Kind {
  id: number
  subjects: Uint8Array
  urgent: number
}

/** So many of the journal are looked through before others have their turn: some 5 ms. */
const together = 2_000

/**
 * Routes the messages that no route wanted when they came, and one wants now; answers how many.
 * Each is owed as one that is sent again: later messages may have been delivered before it.
 */
export function openRouteAgain(database: Database, lanes: Lanes, order: Order) {
  const stretch = database.query<Row, [number, number]>(
    `SELECT id, source, type, subjects, urgent FROM journal WHERE id > ? AND id <= ?
     AND NOT EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_of_message
       WHERE message_id = journal.id) ORDER BY id`,
  )
  const deliver = database.query<unknown, [number, string, Uint8Array, number, number]>(
    `INSERT INTO delivery (message_id, destination, subjects, ahead, urgent, replayed)
     VALUES (?, ?, ?, ?, ?, 1)`,
  )
  const owe = database.query<unknown, [string]>(
    `INSERT INTO delivery_tally VALUES (?, 'pending', 1) ON CONFLICT DO UPDATE
     SET deliveries = deliveries + 1`,
  )
  const routed = database.query<unknown, [string]>(
    "UPDATE source_tally SET unrouted = unrouted - 1 WHERE source = ?",
  )
  const trail = openTrail(database)

  function route(row: Row, destinations: readonly string[], { by, at, reason }: Decision): void {
    const { id: messageId, source, subjects, urgent } = row
    for (const destination of destinations) {
      const own = lanesOf(destination, subjects)
      const lasts = order.lastsOf(own)
      const added = deliver.run(messageId, destination, subjects, lasts.length, urgent)
      const id = Number(added.lastInsertRowid)
      order.join(id, own, lasts)
      if (urgent === 1) order.urge(id)
      owe.run(destination)
    }
    routed.run(source)
    trail(messageId, at, "routed", { destinations, by, reason })
  }

  return async (owed: (kind: Kind) => readonly string[], decision: Decision): Promise<number> => {
    const mark = readMark(database)
    let count = 0
    for (let from = 0; from < mark; from += together) {
      const wanted = stretch.all(from, Math.min(from + together, mark)).filter((row) => {
        return owed(row).length > 0
      })
      if (wanted.length > 0) {
        lanes.durably(() => {
          for (const row of wanted) route(row, owed(row), decision)
        })
      }
      count += wanted.length
      await turn()
    }
    return count
  }
}
