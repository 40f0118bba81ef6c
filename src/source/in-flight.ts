import type { Log, Surroundings } from "../message.ts"
import { Turns } from "./turns.ts"

/** What a source is given to work with: one count of what all sources hold, besides the rest. */
export interface SourceSurroundings extends Surroundings {
  inFlight: InFlight
}

/** A connection, as far as others care: what it holds in memory, and that it can wait. */
export interface Holder {
  /** Bytes it holds of a message that has begun and not ended. */
  readonly held: number
  /** Reads on or stops, as `full` and `waits` tell; called whenever that may have changed. */
  flow(): void
  /** How long its peer is known to have sent nothing, at `now` by `performance.now()`. */
  silentMs(now: number): number
  /** Hands in what it holds as something that never ended, and closes. */
  giveUp(): void
}

/** So much all sources may hold of messages begun, and so much of messages not answered yet. */
const bytesMaxDefault = 64 * 1024 ** 2

/** A frame of this size is let through however short room is: most are smaller. */
const smallMax = 64 * 1024

/** So many of those who wait go on together: large ones that are sent whole take no time. */
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
 * - Messages that have begun. At the limit small ones go on as ever, and those above 64 KiB take
 *   turns: a few together, from one and a half times the limit one alone. Whoever stalls loses its
 *   turn at once, and its place soon (`short`). All but the largest never hold twice the limit:
 *   at that, beginnings are given up.
 *
 * So at most 64 MiB wait for the disk (and what one read of each connection completes), and 128 MiB
 * and the one largest frame are held of what has begun. Bodies over HTTP have a room of their own.
 */
export class InFlight {
  readonly #bytesMax: number
  readonly #log: Log
  readonly #holders = new Set<Holder>()
  /** Of the holders of large beginnings, while room is short. */
  readonly #turns: Turns<Holder>
  #unanswered = 0
  #begun = 0
  #full = false
  #short = false
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(log: Log, bytesMax = bytesMaxDefault, together = togetherMax) {
    this.#log = log
    this.#bytesMax = bytesMax
    this.#turns = new Turns(together)
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
    this.#turns.leave(holder)
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
    if (!this.#short) {
      if (this.#begun < this.#bytesMax) return
      this.#short = true
      this.#tell("too many messages have begun at once")
      this.#flow()
    } else if (this.#begun <= this.#bytesMax / 2) {
      this.#short = false
      this.#turns.clear()
      this.#flow()
      return
    }
    if (holder.held <= smallMax) this.#turns.leave(holder)
    else if (bytes > 0) this.#turns.heard(holder)
    this.#turns.narrow(this.#begun >= 1.5 * this.#bytesMax)
  }

  /** Whether everyone has to wait for the disk. */
  get full(): boolean {
    return this.#full
  }

  /** Whether `holder` has to wait for its turn before it reads on. */
  waits(holder: Holder): boolean {
    return this.#short && holder.held > smallMax && !this.#turns.has(holder)
  }

  /**
   * Has beginnings given up while there are too many even for waiting: the longest silent first,
   * and what `holder` has begun, which made them too many, where all others still go on.
   */
  makeRoom(holder: Holder, now: number): void {
    while (holder.held > 0 && this.#begun - this.#largest() >= 2 * this.#bytesMax) {
      let [giving, longest] = [holder, silentMinMs]
      for (const other of this.#holders) {
        const silent = other.held > 0 ? other.silentMs(now) : 0
        if (silent > longest) [giving, longest] = [other, silent]
      }
      giving.giveUp()
    }
  }

  /** What the largest beginning holds, where there are so many that it matters. */
  #largest(): number {
    if (this.#begun < 2 * this.#bytesMax) return 0
    let largest = 0
    for (const { held } of this.#holders) largest = Math.max(largest, held)
    return largest
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
