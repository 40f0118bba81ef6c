import type { Outcome } from "./message.ts"

type Retry = Extract<Outcome, { outcome: "retry" }>

/** So often a delivery that fails for itself is tried again before it waits for a person. */
const triesMax = 5
/** Deliveries remembered: with a destination that fails on all of them, the oldest are let go. */
const rememberedMax = 1_000

interface Doubted {
  /** Answers of 409 or 412. */
  conflicts: number
  /** Answers of 500 with somebody else's success before each. */
  faults: number
  /** How many had been delivered at the last of them. */
  delivered: number
}

/**
 * Which deliveries to one destination fail again and again while others go through: the only way
 * that a retry ends by itself. In memory, so that after a restart each is given its tries again.
 */
export class Doubts {
  readonly #of = new Map<number, Doubted>()
  #delivered = 0

  /** Whether this one is to be sent with nothing else in flight: that may be what it met. */
  isAlone(id: number): boolean {
    return (this.#of.get(id)?.conflicts ?? 0) > 0
  }

  /** What an outcome comes to, with those that this delivery had before. */
  judge(id: number, outcome: Outcome): Outcome {
    if (outcome.outcome === "retry") return this.#judgeRetry(id, outcome)
    this.#of.delete(id)
    if (outcome.outcome === "delivered") this.#delivered++
    return outcome
  }

  #judgeRetry(id: number, outcome: Retry): Outcome {
    if (outcome.doubt === undefined) return outcome
    const before = this.#of.get(id) ?? { conflicts: 0, faults: 0, delivered: -1 }
    const after = { ...before }
    if (outcome.doubt === "conflict") after.conflicts++
    else if (before.delivered < this.#delivered) {
      after.faults++
      after.delivered = this.#delivered
    }
    const often = howOften(after)
    if (often === undefined) {
      this.#remember(id, after)
      return outcome
    }
    this.#of.delete(id)
    const { reason, said, issues } = outcome
    return { outcome: "hold", reason: `${reason}, ${often}`, said, issues }
  }

  #remember(id: number, doubted: Doubted): void {
    this.#of.delete(id)
    this.#of.set(id, doubted)
    if (this.#of.size <= rememberedMax) return
    const [oldest] = this.#of.keys()
    if (oldest !== undefined) this.#of.delete(oldest)
  }
}

/** How often it failed, where that was too often. */
function howOften({ conflicts, faults }: Doubted): string | undefined {
  if (conflicts > triesMax) return `${triesMax} times also when sent alone`
  return faults >= triesMax ? `${triesMax} times while others went through` : undefined
}
