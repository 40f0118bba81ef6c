import type { Log, Surroundings } from "../message.ts"

/** What a source is given to work with: one count of what all sources hold, besides the rest. */
export interface SourceSurroundings extends Surroundings {
  inFlight: InFlight
}

/** A connection, as far as others care: what it holds in memory, and that it can wait. */
export interface Holder {
  /** Bytes it holds of a message that has begun and not ended. */
  readonly held: number
  /** Reads on or stops, as `stops` tells; called whenever that may have changed. */
  flow(): void
  /** How long its peer has sent nothing while it could, at `now` by `performance.now()`. */
  silentMs(now: number): number
  /** Hands in what it holds as something that never ended, and closes. */
  giveUp(): void
}

/** So much all sources may hold of messages begun, and so much of messages not answered yet. */
const bytesMaxDefault = 64 * 1024 ** 2

/** A frame of this size is let through however short room is: most are smaller. */
const smallMax = 64 * 1024

/** So many in line go on together: one by one, 150 stalled ones held the rest up for minutes. */
const togetherMax = 16

/** Who was silent for less is still sending. */
const silentMinMs = 1_000

/** How often the log is told that room has run short, at most. */
const tellEveryMs = 60_000

/**
 * Keeps what all connections of all sources hold in memory within bounds, and lets nobody who
 * stalls stand in the way of the rest. Two things are counted:
 *
 * - Messages handed to the core and not answered yet. At the limit nobody is read any further
 *   until the disk has caught up: it answers in the order they came, so nobody starves.
 * - Messages that have begun. At the limit small ones go on as ever; of those above 64 KiB a few
 *   go on together (one alone from one and a half times the limit), and the rest wait in line.
 *   Whoever could go on and is silent gives way soon (`short`), so a line of stalled senders
 *   clears. At twice the limit beginnings are given up.
 */
export class InFlight {
  readonly #bytesMax: number
  readonly #together: number
  readonly #log: Log
  readonly #holders = new Set<Holder>()
  /** Holders of large beginnings while room is short; the first of them go on. */
  readonly #line = new Set<Holder>()
  #unanswered = 0
  #begun = 0
  #full = false
  #short = false
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(log: Log, bytesMax = bytesMaxDefault, together = togetherMax) {
    this.#together = together
    this.#log = log
    this.#bytesMax = bytesMax
  }

  /** Whether there are so many beginnings that a silent one has to give way. */
  get short(): boolean {
    return this.#short
  }

  enter(holder: Holder): void {
    this.#holders.add(holder)
  }

  /** `holder` is gone, and all it held is handed in or given up. */
  leave(holder: Holder): void {
    this.#holders.delete(holder)
    this.#leaveLine(holder)
  }

  /** So many bytes were handed to the core. */
  hand(bytes: number): void {
    this.#unanswered += bytes
    if (this.#full || this.#unanswered < this.#bytesMax) return
    this.#full = true
    this.#tell("messages wait for the disk")
    this.#flow()
  }

  /** The core has answered about so many bytes. */
  answer(bytes: number): void {
    this.#unanswered -= bytes
    // Half of it free, and not the first byte: else everyone stops and goes at each message.
    if (!this.#full || this.#unanswered > this.#bytesMax / 2) return
    this.#full = false
    this.#flow()
  }

  /** `holder` now holds so many more bytes of a message that has begun; fewer when negative. */
  begin(holder: Holder, bytes: number): void {
    this.#begun += bytes
    if (holder.held <= smallMax) this.#leaveLine(holder)
    if (!this.#short && this.#begun >= this.#bytesMax) {
      this.#short = true
      this.#tell("too many messages have begun at once")
      this.#flow()
    } else if (this.#short && this.#begun <= this.#bytesMax / 2) {
      this.#short = false
      this.#line.clear()
      this.#flow()
    }
  }

  /** Whether `holder` has to wait before it reads on. */
  stops(holder: Holder): boolean {
    if (this.#full) return true
    if (!this.#short || holder.held <= smallMax) return false
    this.#line.add(holder)
    return !this.#goesOn(holder)
  }

  /**
   * Has beginnings given up while there are too many even for waiting: the longest silent first,
   * and what `holder` has begun, which made them too many, where all others still go on.
   */
  makeRoom(holder: Holder, now: number): void {
    while (this.#begun >= 2 * this.#bytesMax && holder.held > 0 && !this.#isFirst(holder)) {
      let [giving, longest] = [holder, silentMinMs]
      for (const other of this.#holders) {
        const silent = other.held > 0 ? other.silentMs(now) : 0
        if (silent > longest) [giving, longest] = [other, silent]
      }
      giving.giveUp()
    }
  }

  #isFirst(holder: Holder): boolean {
    return this.#line.values().next().value === holder
  }

  #leaveLine(holder: Holder): void {
    if (!this.#line.delete(holder)) return
    for (const next of [...this.#line].slice(0, this.#together)) next.flow()
  }

  #goesOn(holder: Holder): boolean {
    const turns = this.#begun < 1.5 * this.#bytesMax ? this.#together : 1
    return [...this.#line].slice(0, turns).includes(holder)
  }

  #flow(): void {
    for (const holder of this.#holders) holder.flow()
  }

  #tell(why: string): void {
    const now = performance.now()
    if (now - this.#toldAt < tellEveryMs) return
    this.#toldAt = now
    this.#log("intake-waits", { why, unanswered: this.#unanswered, begun: this.#begun })
  }
}
