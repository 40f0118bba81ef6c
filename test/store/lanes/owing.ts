import type { Delivery, Outcome } from "../../../src/message.ts"
import type { Store } from "../../../src/store/index.ts"
import { oru } from "../../build.ts"
import { followTo } from "../follow-to.ts"

/** What a test says about a message it puts into the journal. */
export interface Arriving {
  subjects: string[]
  urgent?: boolean
  source?: string
  type?: string
  receivedAt?: number
}

/** Puts messages into the journal, and follows them to `central`. */
export async function oweAll(store: Store, messages: readonly Arriving[]): Promise<void> {
  for (const message of messages) await append(store, message)
  await followTo(store, "central")
}

/** Puts a message into the journal, under a control id of its own. */
export async function append(store: Store, arriving: Arriving): Promise<void> {
  const { subjects, urgent, source = "lab", type = "ORU^R01", receivedAt = 1 } = arriving
  const controlId = `${subjects.join()}-${Math.random()}`
  const about = { source, peer: "10.0.0.7:4711", receivedAt, type }
  await store.append({ ...about, controlId, subjects, urgent, bytes: oru({ controlId }) })
}

/** Settles a delivery to `central` as `deliver` would. */
export async function settleAs(
  store: Store,
  { id, message }: { id: number; message: { id: number } },
  outcome: Outcome,
  dueAt = 0,
): Promise<void> {
  const settlement = { outcome, dueAt, told: [], notes: [], at: 0 }
  await store.settle({ id, destination: "central", messageId: message.id }, settlement)
}

/** What is due at `now` while these are in flight. */
export function dueFor(
  store: Store,
  { now = 0, except = [] as number[], limit = 8 } = {},
): Promise<Delivery[]> {
  return store.next("central", { now, patienceMs: 3_600_000, limit, except: new Set(except) })
}

export const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
export const held: Outcome = { outcome: "hold", reason: "422" }
