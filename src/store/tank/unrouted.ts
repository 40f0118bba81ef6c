import type { Database } from "bun:sqlite"
import { turn } from "../disk/turn.ts"
import { readMark } from "../journal/follow.ts"
import type { Kind } from "../journal/tail.ts"
import type { Decision } from "../lanes/destinations.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { Order } from "../lanes/order.ts"
import { openOwe } from "../lanes/owe.ts"
import { openTrail } from "../trail.ts"

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
  const owe = openOwe(database, order, { replayed: true })
  const routed = database.query<unknown, [string]>(
    "UPDATE source_tally SET unrouted = unrouted - 1 WHERE source = ?",
  )
  const trail = openTrail(database)

  function route(row: Row, destinations: readonly string[], { by, at, reason }: Decision): void {
    const owing = { ...row, urgent: row.urgent === 1 }
    for (const destination of destinations) {
      owe.delivery(owing, destination)
      owe.tally(destination, 1)
    }
    routed.run(row.source)
    trail(row.id, at, "routed", { destinations, by, reason })
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
