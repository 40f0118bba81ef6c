import type { Database } from "bun:sqlite"
import type { MapRecord, Unmapped } from "../../mapping.ts"
import type { Cause, Outcome, Told } from "../../message.ts"
import type { openUnmapped } from "../tank/unmapped.ts"
import { openTrail } from "../trail.ts"
import type { Destinations } from "./destinations.ts"
import { openTell } from "./known.ts"
import { openTellLatest } from "./latest.ts"
import type { Order } from "./order.ts"

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
  /** For the trail: the map's account of itself. */
  record?: MapRecord | undefined
  /** The codes in it that no code map has; they are noted where it is settled. */
  unmapped?: readonly Unmapped[] | undefined
  at: number
  /** Where it is held: the part of the configuration that held it, and that part's digest. */
  cause?: Cause | undefined
  basis?: string | undefined
}

/** A delivery and what became of it. */
export interface Settling {
  delivery: Settled
  settlement: Settlement
}

/** What settling writes through. */
interface Given {
  database: Database
  order: Order
  destinations: Destinations
  unmapped: Pick<ReturnType<typeof openUnmapped>, "note">
}

/**
 * Writes what became of a delivery, and lets those behind it step forward. Of one that a person
 * discarded while it was in flight, only that it arrived all the same is written.
 */
export function openSettle({ database, order, destinations, unmapped }: Given) {
  const find = database.query<{ state: string; ahead: number; subjects: Uint8Array }, [number]>(
    "SELECT state, ahead, subjects FROM delivery WHERE id = ?",
  )
  const write = openOutcomes(database)
  const trail = openTrail(database)
  const tell = openTell(database)
  const tellLatest = openTellLatest(database)
  return ({ delivery, settlement }: Settling): void => {
    const { id, destination, messageId } = delivery
    const { outcome, told, notes, record, at } = settlement
    const noteUnmapped = () => unmapped.note(settlement.unmapped ?? [], { messageId, at })
    const found = find.get(id)
    if (!found) throw new Error(`there is no delivery ${id}`)
    const { state, ahead, subjects } = found
    const leave = () => order.leave({ id, destination, subjects }, ahead)
    switch (outcome.outcome) {
      case "delivered": {
        const { receipt } = outcome
        if (state === "pending") leave()
        write.delivered(id, JSON.stringify(receipt), at)
        tell(destination, told)
        noteUnmapped()
        tellLatest(destination, subjects, messageId)
        trail(messageId, at, "delivered", { destination, receipt, notes, map: record })
        break
      }
      case "hold": {
        if (state !== "pending") break
        if (!destinations.blocks(destination)) leave()
        write.held(id, outcome, settlement)
        noteUnmapped()
        const { reason, said, issues } = outcome
        trail(messageId, at, "held", { destination, reason, said, issues, notes, map: record })
        break
      }
      case "retry":
      case "pause":
        if (state === "pending") write.waits(id, outcome, settlement.dueAt)
        break
      default:
        outcome satisfies never
    }
  }
}

type Failed = Exclude<Outcome, { outcome: "delivered" }>

/** One statement for each thing that may become of a delivery. */
function openOutcomes(database: Database) {
  const delivered = database.query<unknown, [string, number, number]>(
    `UPDATE delivery SET state = 'delivered', receipt = ?, settled_at = ?,
     reason = NULL, said = NULL, issues = NULL, attempts = attempts + 1 WHERE id = ?`,
  )
  const waits = database.query<unknown, [string, string | null, string | null, number, number]>(
    `UPDATE delivery SET reason = ?, said = ?, issues = ?, due_at = ?,
     attempts = attempts + 1 WHERE id = ?`,
  )
  const held = database.query<
    unknown,
    [string, string | null, string | null, string | null, string | null, number, number]
  >(
    `UPDATE delivery SET state = 'held', reason = ?, said = ?, issues = ?, cause = ?, basis = ?,
     settled_at = ?, attempts = attempts + 1 WHERE id = ?`,
  )
  const issuesOf = ({ issues }: Failed) => (issues ? JSON.stringify(issues) : null)
  return {
    delivered: (id: number, receipt: string, at: number) => void delivered.run(receipt, at, id),
    waits(id: number, outcome: Failed, dueAt: number): void {
      waits.run(outcome.reason, outcome.said ?? null, issuesOf(outcome), dueAt, id)
    },
    held(id: number, outcome: Failed, { cause, basis, at }: Settlement): void {
      const { reason, said = null } = outcome
      held.run(reason, said, issuesOf(outcome), cause ?? null, basis ?? null, at, id)
    },
  }
}
