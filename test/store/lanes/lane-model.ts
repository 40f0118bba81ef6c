import type { DeliveryState } from "../../../src/message.ts"

/** A delivery as the rules see it. */
export interface Owed {
  id: number
  subjects: readonly string[]
  state: DeliveryState
  dueAt: number
  inFlight: boolean
  replayed: boolean
  forced: boolean
  /** It was delivered at least once. */
  arrived: boolean
}

/** What the lanes promise, in the plainest way there is: each question asks all deliveries. */
export class LaneModel {
  readonly all: Owed[] = []
  blocks = false

  arrive(subjects: readonly string[]): void {
    const first = { state: "pending" as const, dueAt: 0, inFlight: false }
    const never = { replayed: false, forced: false, arrived: false }
    this.all.push({ id: this.all.length + 1, subjects: [...new Set(subjects)], ...first, ...never })
  }

  of(id: number): Owed {
    const owed = this.all[id - 1]
    if (!owed) throw new Error(`there is no delivery ${id}`)
    return owed
  }

  /** Whose turn it is. */
  due(now: number): Owed[] {
    return this.all.filter(
      (one) =>
        one.state === "pending" &&
        !one.inFlight &&
        one.dueAt <= now &&
        !this.all.some(
          (other) =>
            other !== one &&
            share(one, other) &&
            (other.inFlight || (other.id < one.id && this.isUnsettled(other))),
        ),
    )
  }

  /** What is older than something delivered for one of its subjects is not to overwrite it. */
  isCreateOnly(one: Owed): boolean {
    if (!one.replayed || one.forced) return false
    return this.all.some((other) => other.id > one.id && other.arrived && share(one, other))
  }

  inFlight(): Owed[] {
    return this.all.filter((one) => one.inFlight)
  }

  inState(state: DeliveryState): number[] {
    return this.all.filter((one) => one.state === state).map(({ id }) => id)
  }

  replay(one: Owed, forced: boolean): void {
    Object.assign(one, { state: "pending", dueAt: 0, replayed: true, forced })
  }

  /** Nothing is in flight after a crash. */
  crash(): void {
    for (const one of this.all) one.inFlight = false
  }

  private isUnsettled({ state }: Owed): boolean {
    return state === "pending" || (state === "held" && this.blocks)
  }
}

function share(one: Owed, other: Owed): boolean {
  return one.subjects.some((subject) => other.subjects.includes(subject))
}
