import type { Database } from "bun:sqlite"
import { lanesOf } from "./lanes.ts"
import type { Order } from "./order.ts"

/** A message that is owed to somebody. */
export interface Owing {
  id: number
  subjects: Uint8Array
  urgent: boolean
}

/** Writes that a destination is owed a message, as the last of its lanes; and how many it is. */
export function openOwe(database: Database, order: Order, { replayed }: { replayed: boolean }) {
  const deliver = database.query<unknown, [number, string, Uint8Array, number, number]>(
    `INSERT INTO delivery (message_id, destination, subjects, ahead, urgent, replayed)
     VALUES (?, ?, ?, ?, ?, ${replayed ? 1 : 0})`,
  )
  const tally = database.query<unknown, [string, number]>(
    `INSERT INTO delivery_tally VALUES (?1, 'pending', ?2) ON CONFLICT DO UPDATE
     SET deliveries = deliveries + ?2`,
  )
  return {
    delivery({ id: messageId, subjects, urgent }: Owing, destination: string): void {
      const own = lanesOf(destination, subjects)
      const lasts = order.lastsOf(own)
      const row = deliver.run(messageId, destination, subjects, lasts.length, urgent ? 1 : 0)
      const id = Number(row.lastInsertRowid)
      order.join(id, own, lasts)
      if (urgent) order.urge(id)
    },
    tally: (destination: string, deliveries: number) => void tally.run(destination, deliveries),
  }
}
