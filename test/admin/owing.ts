import type { Outcome } from "../../src/message.ts"
import type { Store } from "../../src/store/index.ts"
import { followTo } from "../store/follow-to.ts"

/** What a test says about a message and what became of it. */
export interface Owed {
  patient?: string
  source?: string
  type?: string
  bytes?: string
  /** Left out: it is pending, and was never tried. */
  outcome?: Outcome
  /** When it is tried again, where it is pending. */
  dueAt?: number
  /** The digest it was held under. */
  basis?: string
}

export const refused: Outcome = {
  outcome: "hold",
  reason: "answered 422",
  said: "code 4711 is not ours",
  issues: [{ severity: "error", code: "invalid", text: "no such code", expression: "Bundle" }],
}

export const receivedAt = Date.parse("2026-04-15T12:00:00Z")

/** Puts these into the journal, owed to `central`, and settles them; delivery 1 is message 1. */
export async function owe(store: Store, ...owed: Owed[]): Promise<void> {
  for (const [index, one] of owed.entries()) {
    const { patient = `P-${index}`, source = "lab", type = "ORU^R01", bytes = `${index}` } = one
    const about = { source, peer: "10.0.0.7:4711", receivedAt, type, controlId: `C${index}` }
    await store.append({ ...about, subjects: [`CLINIC|${patient}`], bytes: Buffer.from(bytes) })
  }
  await followTo(store, "central")
  for (const [index, { outcome, dueAt = 0, basis }] of owed.entries()) {
    if (!outcome) continue
    const settlement = { outcome, dueAt, told: [], notes: [], at: receivedAt + 60_000 }
    const why = { cause: "destination" as const, basis }
    const delivery = { id: index + 1, destination: "central", messageId: index + 1 }
    await store.settle(delivery, { ...settlement, ...why })
  }
}
