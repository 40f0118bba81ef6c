import type { Bundle } from "fhir/r4"
import type { Outcome } from "../../message.ts"
import { Fold } from "./fold.ts"

/** One transaction to be posted: what a message became. */
export interface Posting {
  bundle: Bundle
  key: string
  signal: AbortSignal
}

/** What came of it; `status` is 0 where there was no answer. */
export interface Posted {
  outcome: Outcome
  status: number
}

interface Waiting extends Posting {
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

interface Given {
  /** Messages in one transaction, at most. */
  batchMax: number
  /** Transactions in flight at once. */
  requestsMax: number
  post: (posting: Posting) => Promise<Posted>
}

/**
 * Lets messages that would have to wait for their turn share one transaction: over a line with
 * 600 ms of delay most of the time goes into waiting for answers. One for which there is room goes
 * at once and alone. Which of several was meant by a refusal is not known, so each then goes by
 * itself, and only the guilty one is held. No two that are given at once share a subject: that is
 * what lanes are for.
 */
export class Batches {
  readonly #waiting: Waiting[] = []
  #inFlight = 0

  constructor(readonly given: Given) {}

  send(posting: Posting): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...posting, resolve, reject })
      this.#go()
    })
  }

  #go(): void {
    while (this.#inFlight < this.given.requestsMax && this.#waiting.length > 0) {
      this.#inFlight++
      void this.#post(this.#take()).finally(() => {
        this.#inFlight--
        this.#go()
      })
    }
  }

  /** The one that waits longest, and others that go with it; those that do not keep their turn. */
  #take(): { batch: Waiting[]; fold: Fold } {
    const fold = new Fold()
    const batch = this.#waiting.filter(({ bundle }, turn) => {
      return turn < this.given.batchMax && fold.add(bundle)
    })
    for (const one of batch) this.#waiting.splice(this.#waiting.indexOf(one), 1)
    return { batch, fold }
  }

  async #post({ batch, fold }: { batch: Waiting[]; fold: Fold }): Promise<void> {
    const [first] = batch
    if (!first) return
    try {
      if (batch.length === 1) return first.resolve((await this.given.post(first)).outcome)
      const signal = AbortSignal.any(batch.map((one) => one.signal))
      const posted = await this.given.post({ bundle: fold.bundle(), key: first.key, signal })
      if (isOfOne(posted)) return await this.#postSingly(batch)
      for (const { resolve } of batch) resolve(shared(posted.outcome, batch.length))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  async #postSingly(batch: readonly Waiting[]): Promise<void> {
    let unanswered: Outcome | undefined
    for (const one of batch) {
      // Where nobody answers any more, each would wait out its own timeout.
      if (unanswered) {
        one.resolve(unanswered)
        continue
      }
      const { outcome, status } = await this.given.post(one)
      if (status === 0) unanswered = outcome
      one.resolve(outcome)
    }
  }
}

/** Whether what went wrong may be one message's fault, which the others are not to suffer from. */
function isOfOne({ outcome, status }: Posted): boolean {
  switch (outcome.outcome) {
    case "hold":
      return true
    case "retry":
      return outcome.doubt !== undefined || (status >= 200 && status < 300)
    case "delivered":
    case "pause":
      return false
    default:
      return outcome satisfies never
  }
}

function shared(outcome: Outcome, messages: number): Outcome {
  if (outcome.outcome !== "delivered") return outcome
  return { ...outcome, receipt: { ...outcome.receipt, messages } }
}
