import type { Database } from "bun:sqlite"
import type { Outcome, Receipt, Told, Why } from "../message.ts"
import { openTell } from "./known.ts"

/** Which delivery is settled. */
export interface Settled {
  id: number
  destination: string
  messageId: number
}

/** What is written when a destination has spoken. */
export interface Settlement {
  outcome: Outcome
  /** When it is tried again, if the outcome leaves it pending; 0 for at once. */
  dueAt: number
  /** What the destination now knows, when it was delivered. */
  told: readonly Told[]
  /** For the trail: what the map dropped or doubted. */
  notes: readonly string[]
  at: number
}

/** A delivery and what became of it. */
export interface Settling {
  delivery: Settled
  settlement: Settlement
}

/**
 * Writes what became of a delivery, and lets those behind it step forward. Answers the subjects
 * whose lanes it has left, where it is settled.
 */
export function openSettle(database: Database) {
  const move = database.query<
    { subjects: Uint8Array },
    [string, string | null, string | null, number, number]
  >(
    `UPDATE delivery SET state = ?, reason = ?, receipt = ?, settled_at = ?,
     attempts = attempts + 1 WHERE id = ? RETURNING subjects`,
  )
  const wait = database.query<unknown, [string, number, number]>(
    "UPDATE delivery SET reason = ?, due_at = ?, attempts = attempts + 1 WHERE id = ?",
  )
  const trail = database.query<unknown, [number, number, string, string]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, ?, ?)",
  )
  const leave = openLeave(database)
  const tell = openTell(database)
  return ({ delivery, settlement }: Settling): Uint8Array | undefined => {
    const { outcome, dueAt, told, notes, at } = settlement
    const settle = (state: string, reason: string | null, receipt: Receipt | null) => {
      const text = receipt && JSON.stringify(receipt)
      const moved = move.get(state, reason, text, at, delivery.id)
      leave(delivery.id)
      const detail = { destination: delivery.destination, reason, receipt, notes }
      trail.run(delivery.messageId, at, state, JSON.stringify(detail))
      return moved?.subjects
    }
    switch (outcome.outcome) {
      case "delivered":
        tell(delivery.destination, told)
        return settle("delivered", null, outcome.receipt)
      case "hold":
        return settle("held", whole(outcome), null)
      case "retry":
      case "pause":
        wait.run(whole(outcome), dueAt, delivery.id)
        return undefined
      default:
        return outcome satisfies never
    }
  }
}

/** Why, in one line for people. */
function whole({ reason, said }: Why): string {
  return said === undefined ? reason : `${reason}: ${said}`
}

/** Takes a settled delivery, which was first, out of its lanes; those behind it step forward. */
function openLeave(database: Database): (id: number) => void {
  const forward = database.query<unknown, [number]>(
    `UPDATE delivery SET ahead = ahead - 1 WHERE id IN
     (SELECT then_id FROM lane WHERE first_id = ?)`,
  )
  const leave = database.query<unknown, [number]>("DELETE FROM lane WHERE first_id = ?")
  return (id) => {
    forward.run(id)
    leave.run(id)
  }
}
