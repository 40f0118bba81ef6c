/** What decides when a pending delivery goes. Times in milliseconds since 1970. */
interface Pending {
  /** The deliveries right before it in its lanes. */
  waitsFor: readonly number[]
  /** Those of them that go no further without a person. */
  held?: readonly number[] | undefined
  /** Its next try; 0: as soon as its turn comes. */
  dueAt: number
}

/** How its destination stands. */
interface Stands {
  state: "up" | "down" | "paused"
  reason?: string | undefined
  /** When it is tried next with one delivery; a person's pause is not. */
  probedAt?: number | undefined
}

/** Why a pending delivery has not gone yet, in words: what holds it up longest comes first. */
export function whyWaiting(pending: Pending, stands: Stands, now: number): string {
  const { waitsFor, held = [], dueAt } = pending
  const { state, reason, probedAt = 0 } = stands
  const reasons: string[] = []
  if (state !== "up") reasons.push(`its destination is ${state}${reason ? `: ${reason}` : ""}`)
  if (probedAt > now) reasons.push(`that is probed next at ${timeOf(probedAt)}`)
  const [first, ...others] = waitsFor
  if (first !== undefined) {
    const before = others.length === 0 ? `delivery ${first}` : `deliveries ${waitsFor.join(", ")}`
    const stuck = held.length === 0 ? "" : `; ${held.join(", ")} is held: replay or discard it`
    reasons.push(`it waits behind ${before} of the same patient${stuck}`)
  } else if (dueAt > now) {
    reasons.push(`its next try is at ${timeOf(dueAt)}`)
  }
  // A delivery in flight has no state of its own, so that nothing is stuck in it after a crash.
  return reasons.join("; ") || "it is due now, or being sent"
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
