import type { Database } from "bun:sqlite"
import type { Outcome, Receipt, Told, Why } from "../message.ts"
import { subjectsOf } from "./follow.ts"
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

/** Writes what became of a delivery, and lets those behind it step forward. */
export function openSettle(database: Database) {
  const move = database.query<unknown, [string, string | null, string | null, number, number]>(
    `UPDATE delivery SET state = ?, reason = ?, receipt = ?, settled_at = ?,
     attempts = attempts + 1 WHERE id = ?`,
  )
  const wait = database.query<unknown, [string, number, number]>(
    "UPDATE delivery SET reason = ?, due_at = ?, attempts = attempts + 1 WHERE id = ?",
  )
  const trail = database.query<unknown, [number, number, string, string]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, ?, ?)",
  )
  const leave = openLeave(database)
  const tell = openTell(database)
  return ({ delivery, settlement }: { delivery: Settled; settlement: Settlement }): void => {
    const { outcome, dueAt, told, notes, at } = settlement
    const settle = (state: string, reason: string | null, receipt: Receipt | null) => {
      move.run(state, reason, receipt && JSON.stringify(receipt), at, delivery.id)
      leave(delivery)
      const detail = { destination: delivery.destination, reason, receipt, notes }
      trail.run(delivery.messageId, at, state, JSON.stringify(detail))
    }
    switch (outcome.outcome) {
      case "delivered":
        settle("delivered", null, outcome.receipt)
        tell(delivery.destination, told)
        break
      case "hold":
        settle("held", whole(outcome), null)
        break
      case "retry":
      case "pause":
        wait.run(whole(outcome), dueAt, delivery.id)
        break
      default:
        outcome satisfies never
    }
  }
}

/** Why, in one line for people. */
function whole({ reason, said }: Why): string {
  return said === undefined ? reason : `${reason}: ${said}`
}

/** Takes a settled delivery out of its lanes, where it was first; the next ones step forward. */
function openLeave(database: Database): (delivery: Settled) => void {
  const subjects = database.query<{ subjects: Uint8Array }, [number]>(
    "SELECT subjects FROM journal WHERE id = ?",
  )
  const leave = database.query<unknown, [string, Uint8Array, number]>(
    "DELETE FROM lane WHERE destination = ? AND subject = ? AND delivery_id = ?",
  )
  const forward = database.query<unknown, [string, Uint8Array]>(
    `UPDATE delivery SET ahead = ahead - 1 WHERE id =
     (SELECT min(delivery_id) FROM lane WHERE destination = ? AND subject = ?)`,
  )
  return (delivery) => {
    const row = subjects.get(delivery.messageId)
    for (const subject of subjectsOf(row?.subjects ?? new Uint8Array())) {
      leave.run(delivery.destination, subject, delivery.id)
      forward.run(delivery.destination, subject)
    }
  }
}
