/** What decides when a pending delivery goes. Times in milliseconds since 1970. */
interface Pending {
  /** The deliveries right before it in its lanes. */
  waitsFor: readonly number[]
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
export function whyWaiting({ waitsFor, dueAt }: Pending, stands: Stands, now: number): string {
  const { state, reason, probedAt = 0 } = stands
  const reasons: string[] = []
  if (state !== "up") reasons.push(`its destination is ${state}${reason ? `: ${reason}` : ""}`)
  if (probedAt > now) reasons.push(`that is probed next at ${timeOf(probedAt)}`)
  const [first, ...others] = waitsFor
  if (first !== undefined) {
    const before = others.length === 0 ? `delivery ${first}` : `deliveries ${waitsFor.join(", ")}`
    reasons.push(`it waits behind ${before} of the same patient`)
  } else if (dueAt > now) {
    reasons.push(`its next try is at ${timeOf(dueAt)}`)
  }
  return reasons.join("; ") || "it is due now"
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
