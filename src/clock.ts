/**
 * Whether the box's clock may be believed. What it shows is compared with what it should show by
 * the monotonic clock, and after a start with the time that was noted last. Messages are taken in
 * and delivered whatever it says; only purging asks.
 */

/** The two clocks, read together. */
export interface Reading {
  /** Milliseconds since 1970, which may step. */
  wallMs: number
  /** Milliseconds since the start, which never does. */
  elapsedMs: number
}

/** A box without a clock of its own starts at the time it went off, give or take. */
const backMaxMs = 3_600_000
/** Off over a long weekend is ordinary; a wrong year is not. */
const forwardMaxMs = 7 * 86_400_000
/** What a step that is believed can make too old, as a part of the shortest retention. */
const forwardShare = 0.25

/**
 * By how many whole ms the clock stepped since it was last believed: what it shows more than it
 * should.
 * Undefined: by nothing that matters. A box that was off shows more too, by as long as it was off.
 */
export function stepOf(
  believed: Reading,
  { wallMs, elapsedMs }: Reading,
  shortestMs: number,
): number | undefined {
  const ms = Math.round(wallMs - believed.wallMs - (elapsedMs - believed.elapsedMs))
  const forwardMax = Math.min(forwardMaxMs, shortestMs * forwardShare)
  return ms < -backMaxMs || ms > forwardMax ? ms : undefined
}
