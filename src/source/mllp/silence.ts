/** Who was read for less may have sent something that is not yet known of. */
const knownAfterMs = 20

/**
 * How long a peer has been silent, as far as that is known. What it says while it is not read is
 * heard when it is read again: until then it is known to have been silent to the end of its last
 * reading, and no longer.
 *
 * All times are by `performance.now()`.
 */
export class Silence {
  #heardAt: number
  /** So long it is known whether something was heard. */
  #knownAt: number
  /** Since when it is read; undefined while it is not. */
  #readFrom: number | undefined

  constructor(now: number) {
    this.#heardAt = now
    this.#knownAt = now
    this.#readFrom = now
  }

  /** The peer was heard; or could not be, so that nothing is held against it. */
  heard(now: number): void {
    this.#heardAt = now
    this.#knownAt = now
  }

  /** The peer is read from here on, or is not. */
  read(reads: boolean, now: number): void {
    this.#knownAt = this.#known(now)
    this.#readFrom = reads ? now : undefined
  }

  ms(now: number): number {
    return this.#known(now) - this.#heardAt
  }

  #known(now: number): number {
    const isKnown = this.#readFrom !== undefined && now - this.#readFrom >= knownAfterMs
    return isKnown ? now : this.#knownAt
  }
}
