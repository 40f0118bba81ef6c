import type { Outcome } from "./message.ts"

/** How a destination stands: what decides how many deliveries may be in flight, and when again. */
export interface Standing {
  state: "up" | "down" | "paused"
  /** Failures in a row. */
  failures: number
  /** Nothing is sent before this time; 0 for at once. */
  notBefore: number
  /** What went wrong last, until a delivery goes through. */
  reason?: string
  /** Messages it refused in a row for one reason, while nothing went through. */
  refused?: { reason: string; messages: number }
}

/** A destination whose last answers are unknown: full speed. */
export const upright: Standing = { state: "up", failures: 0, notBefore: 0 }

const secondMs = 1_000
const minuteMs = 60 * secondMs
const firstTryMs = secondMs / 2
/** The longest wait between two tries of one delivery, where the configuration has no other. */
export const retryMsMax = 5 * minuteMs
const failuresUntilDown = 5
const refusedUntilPaused = 20
const firstProbeMs = 5 * minuteMs
const probeMsMax = 60 * minuteMs
/** A server's own Retry-After is honoured up to this, and no wait of ours may be longer. */
const afterMsMax = 60 * minuteMs

/** A wait beyond this was never set by us: the clock has jumped, and the delivery is due now. */
export const patienceMs = afterMsMax

/**
 * How long until the next try, in ms: half a second doubling up to the longest wait, each between
 * half and the whole of that, so that hundreds of boxes don't come back in step.
 *
 * @param failures how often it failed before
 * @param random from 0 up to 1
 */
export function retryAfterMs(failures: number, random: number, longestMs = retryMsMax): number {
  const ceiling = Math.min(longestMs, firstTryMs * 2 ** Math.min(failures, 20))
  return Math.round((ceiling * (1 + random)) / 2)
}

/** What the destination's own wish comes to, in ms; the usual wait where it has none, or 0. */
export function nextTryMs(
  outcome: Extract<Outcome, { outcome: "retry" }>,
  attempts: number,
  random: number,
  longestMs = retryMsMax,
): number {
  // The database keeps whole milliseconds, and would refuse any others for ever.
  const afterMs = Math.min(Math.round(outcome.afterMs ?? 0), afterMsMax)
  return afterMs > 0 ? afterMs : retryAfterMs(attempts, random, longestMs)
}

/**
 * What an outcome comes to where the destination stands so: the twentieth refusal in a row for one
 * reason is no longer the message's fault. A wrong profile at the centre must not empty the backlog
 * into the holding tank, so this message and those after it stay pending.
 */
export function judge(outcome: Outcome, { refused }: Standing): Outcome {
  if (outcome.outcome !== "hold" || refused?.reason !== outcome.reason) return outcome
  if (refused.messages + 1 < refusedUntilPaused) return outcome
  const reason = `it refused ${refusedUntilPaused} messages in a row: ${outcome.reason}`
  return { ...outcome, outcome: "pause", reason }
}

/**
 * How a destination stands after an outcome. Five failures in a row and it is down: then one
 * delivery at a time tries it, and the first that gets an answer brings it back to full speed. A
 * refusal of one message is an answer. A pause means that the destination as a whole is wrong; it
 * is tried after 5 minutes, doubling to an hour.
 */
export function standingAfter(
  before: Standing,
  outcome: Outcome,
  now: number,
  random: number,
  longestMs = retryMsMax,
): Standing {
  switch (outcome.outcome) {
    case "delivered":
      return upright
    case "hold": {
      const { reason } = outcome
      const messages = before.refused?.reason === reason ? before.refused.messages + 1 : 1
      return { ...upright, refused: { reason, messages } }
    }
    case "retry": {
      const failures = before.failures + 1
      if (before.state === "up" && failures < failuresUntilDown) {
        return { ...before, failures, reason: outcome.reason }
      }
      // Also from a pause: what is not reached can't be said to be wrong any more.
      const beyond = Math.max(0, failures - failuresUntilDown)
      const notBefore = now + nextTryMs(outcome, beyond, random, longestMs)
      return { ...before, state: "down", failures, notBefore, reason: outcome.reason }
    }
    case "pause": {
      const probes = before.state === "paused" ? before.failures + 1 : 0
      const waitMs = Math.min(firstProbeMs * 2 ** Math.min(probes, 20), probeMsMax)
      const notBefore = now + waitMs
      return { ...before, state: "paused", failures: probes, notBefore, reason: outcome.reason }
    }
    default:
      return outcome satisfies never
  }
}

/** How many deliveries may be in flight to a destination that stands so. */
export function inFlightMax(standing: Standing, concurrency: number, now: number): number {
  if (standing.state === "up") return concurrency
  // A time further off than any wait of ours is the clock's jump, not a wait.
  const waits = standing.notBefore > now && standing.notBefore <= now + patienceMs
  return waits ? 0 : 1
}
