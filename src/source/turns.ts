/** Somebody who may have to wait for a turn; `flow` is called when that may have changed. */
interface Waiting {
  flow(): void
}

/** What is counted of a turn: looks since it began, and since anything was heard in it. */
interface Turn {
  looks: number
  silent: number
}

/** How often those who have a turn are looked at, while others wait for one. */
const lookEveryMs = 20

/** Silent at so many looks, between which everything that had arrived was read: it has no more. */
const silentMax = 2

/** So many looks are a turn, also for one who goes on: others may be slower, and wait as well. */
const looksMax = 25

/**
 * Gives turns to those who can't all go on together. A turn ends after 20 to 40 ms of silence, or
 * after half a second: one that stalls is found out soon, and one that is slow loses nothing, since
 * what it sends meanwhile lies in the system's buffers until its next turn.
 *
 * Turns go alternately to who came last, having had none yet, and to who has waited longest. So an
 * honest sender need not wait until all who stall are found out, and nobody waits for ever.
 */
export class Turns<One extends Waiting> {
  readonly #widest: number
  #together: number
  /** Those who have a turn; who was heard last is last. */
  readonly #going = new Map<One, Turn>()
  /** Those who wait, the longest first, and whether they have come new: had no turn to the end. */
  readonly #waiting = new Map<One, boolean>()
  #newOnesNext = true
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param together so many have a turn at once */
  constructor(together: number) {
    this.#widest = together
    this.#together = together
  }

  /** Whether it is this one's turn; from the first time it is asked, it waits for one. */
  has(one: One): boolean {
    if (this.#going.has(one)) return true
    if (!this.#waiting.has(one)) {
      this.#waiting.set(one, true)
      this.#give()
    }
    return this.#going.has(one)
  }

  /** This one went on. */
  heard(one: One): void {
    const turn = this.#going.get(one)
    if (!turn) return
    turn.silent = 0
    this.#going.delete(one)
    this.#going.set(one, turn)
  }

  /** This one needs no turn any more. */
  leave(one: One): void {
    this.#waiting.delete(one)
    if (this.#going.delete(one)) this.#give()
    this.#watch()
  }

  /** Nobody needs a turn any more. */
  clear(): void {
    this.#going.clear()
    this.#waiting.clear()
    this.#together = this.#widest
    this.#watch()
  }

  /** One goes on alone from here, who was heard last; or again as many as ever. */
  narrow(alone: boolean): void {
    const together = alone ? 1 : this.#widest
    if (together === this.#together) return
    this.#together = together
    const over = [...this.#going].slice(0, -together)
    for (const [one, { silent }] of over) this.#end(one, silent === 0)
    this.#give()
    for (const [one] of over) one.flow()
  }

  #end(one: One, isNew: boolean): void {
    this.#going.delete(one)
    this.#waiting.set(one, isNew)
  }

  #give(): void {
    while (this.#going.size < this.#together) {
      const next = this.#next()
      if (next === undefined) break
      this.#waiting.delete(next)
      this.#going.set(next, { looks: 0, silent: 0 })
      next.flow()
    }
    this.#watch()
  }

  #next(): One | undefined {
    const newest = this.#newOnesNext && [...this.#waiting].findLast(([, isNew]) => isNew)
    this.#newOnesNext = !this.#newOnesNext
    return newest ? newest[0] : this.#waiting.keys().next().value
  }

  /** While nobody waits, everybody's turn goes on. */
  #watch(): void {
    if (this.#waiting.size > 0) this.#timer ??= setInterval(() => this.#look(), lookEveryMs)
    else {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #look(): void {
    const over: One[] = []
    for (const [one, turn] of this.#going) {
      turn.looks++
      turn.silent++
      if (turn.silent > silentMax || turn.looks > looksMax) over.push(one)
    }
    for (const one of over) this.#end(one, false)
    this.#give()
    for (const one of over) one.flow()
  }
}
