/** More messages a second than a clinic's machines send: somebody resends what an outage kept. */
const busyPerSecond = 1_000
/** Deliveries that may start to each destination in a second of that. */
const startsPerSecond = 210
/** So many may start at once after a pause. */
const burst = 15
/** So many start together, and are settled in one commit. */
const together = 8
const windowMs = 100
/** How long to wait until some more may start. */
export const paceMs = 5

/** Whether messages come in so fast that deliveries should give way. Times in ms, of any origin. */
export class Busy {
  #from = Number.NEGATIVE_INFINITY
  #arrived = 0
  #busy = false

  /** A message came in. */
  arrived(at: number): void {
    const elapsed = at - this.#from
    if (elapsed >= windowMs) {
      this.#busy = this.#arrived * 1000 >= busyPerSecond * elapsed
      this.#from = at
      this.#arrived = 0
    }
    this.#arrived++
  }

  is(at: number): boolean {
    return this.#busy && at - this.#from < 2 * windowMs
  }
}

/**
 * How fast deliveries to one destination start. One costs as much as twenty acknowledgements, and
 * the senders wait for theirs while the centre does not: with all deliveries it could make, the box
 * took in a third of what it takes without. So while it is busy they keep to a pace.
 */
export class Pace {
  readonly #busy: Busy
  #left = burst
  #at = 0

  constructor(busy: Busy) {
    this.#busy = busy
  }

  /** How many may start now. */
  left(at: number): number {
    this.#left = Math.min(burst, this.#left + ((at - this.#at) * startsPerSecond) / 1000)
    this.#at = at
    if (!this.#busy.is(at)) return Number.POSITIVE_INFINITY
    return this.#left < together ? 0 : Math.floor(this.#left)
  }

  /** So many do start. */
  take(starts: number): void {
    this.#left = Math.max(0, this.#left - starts)
  }
}
