import type { Database } from "bun:sqlite"
import type { Delivery, Message } from "../../message.ts"
import { turn } from "../disk/turn.ts"
import { lanesOf } from "./lanes.ts"

interface Row {
  message_id: number
  state: string
  subjects: Uint8Array
}

/** So many deliveries are looked at before others have their turn: some 5 ms. */
const together = 10_000
/**
 * So many messages at most, and so many bytes: they are all mapped before the one is sent. Of a
 * source that names no patients all messages have one subject; 6,000 of them took 10 s and 2 GB.
 */
const messagesMax = 200
const bytesMax = 4 * 1024 ** 2

/**
 * What a destination was given since about the subjects of a delivery that is sent again, the
 * oldest first; undefined where that can't be told any more, since messages after it were purged or
 * there are too many. Nothing is kept for this question, which is seldom: all later deliveries are
 * looked through.
 */
export function openNewer(database: Database, message: (id: number) => Message | undefined) {
  const own = database.query<Row, [number]>(
    "SELECT message_id, state, subjects FROM delivery WHERE id = ?",
  )
  const later = database.query<Row, [string, number, number]>(
    `SELECT message_id, state, subjects FROM delivery INDEXED BY delivery_of_message
     WHERE destination = ? AND message_id > ? ORDER BY message_id LIMIT ?`,
  )
  const purged = database.query<{ purged: number }, [number]>(
    `SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'journal') - ?1 -
     (SELECT count(*) FROM journal WHERE id > ?1) AS purged`,
  )
  return async ({ id, destination }: Pick<Delivery, "id" | "destination">) => {
    const replayed = own.get(id)
    if (!replayed || (purged.get(replayed.message_id)?.purged ?? 0) > 0) return undefined
    const lanes = lanesOf(destination, replayed.subjects)
    const found: Message[] = []
    let bytes = 0
    let from = replayed.message_id
    for (;;) {
      const rows = later.all(destination, from, together)
      for (const { message_id, state, subjects } of rows) {
        if (state !== "delivered") continue
        if (!lanesOf(destination, subjects).some((lane) => lanes.includes(lane))) continue
        const one = message(message_id)
        if (!one) continue
        bytes += one.bytes.length
        if (found.push(one) > messagesMax || bytes > bytesMax) return undefined
      }
      if (rows.length < together) return found
      from = rows.at(-1)?.message_id ?? from
      await turn()
    }
  }
}
