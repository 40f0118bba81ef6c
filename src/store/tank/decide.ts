import type { Database } from "bun:sqlite"
import type { DeliveryState } from "../../message.ts"
import type { Decision, Destinations } from "../lanes/destinations.ts"
import type { Order, Placed } from "../lanes/order.ts"
import { openTrail } from "../trail.ts"

interface Decided extends Placed {
  messageId: number
  state: DeliveryState
  ahead: number
  reason: string | null
  attempts: number
}

/**
 * `force`: it overwrites what a newer message said, too. `to`: the destinations there are, where
 * somebody knows them; what went to another would wait for ever, and keep the box from starting.
 */
export type Replay = Decision & {
  force?: boolean | undefined
  to?: readonly string[] | undefined
}
/** Nothing is given up without a reason. */
export type Discard = Decision & { reason: string }

/** What a person may decide about one delivery; each answers whether it was to be done. */
export function openDecide(database: Database, order: Order, destinations: Destinations) {
  const find = database.query<Decided, [number]>(
    `SELECT delivery.id, destination, delivery.subjects, message_id AS messageId, state, ahead,
     reason, attempts FROM delivery JOIN journal ON journal.id = message_id WHERE delivery.id = ?`,
  )
  const replay = database.query<unknown, [number, number]>(
    `UPDATE delivery SET state = 'pending', attempts = 0, due_at = 0, replayed = 1, forced = ?,
     reason = NULL, said = NULL, issues = NULL, cause = NULL, basis = NULL, receipt = NULL,
     settled_at = NULL WHERE id = ?`,
  )
  const discard = database.query<unknown, [string, number, number]>(
    "UPDATE delivery SET state = 'discarded', reason = ?, settled_at = ? WHERE id = ?",
  )
  const trail = openTrail(database)
  const inLane = ({ state, destination }: Decided) =>
    state === "pending" || (state === "held" && destinations.blocks(destination))

  return {
    /** Held, delivered or discarded → pending, in its order; not what is pending or was purged. */
    replay(id: number, { by, at, reason, force = false, to }: Replay): boolean {
      const found = find.get(id)
      if (!found || found.state === "pending") return false
      if (to && !to.includes(found.destination)) return false
      if (!inLane(found)) order.enter(found)
      replay.run(force ? 1 : 0, id)
      trail(found.messageId, at, "replayed", { ...whatWas(found), by, reason, force })
      return true
    },
    /** Pending or held → discarded, also from the middle of its lanes. */
    discard(id: number, { by, at, reason }: Discard): boolean {
      const found = find.get(id)
      if (!found || (found.state !== "pending" && found.state !== "held")) return false
      if (inLane(found)) order.leave(found, found.ahead)
      discard.run(reason, at, id)
      trail(found.messageId, at, "discarded", { ...whatWas(found), by, reason })
      return true
    },
  }
}

/** What the decision puts an end to, for the trail. */
function whatWas({ destination, state, reason, attempts }: Decided) {
  return { destination, was: { state, reason, attempts } }
}
