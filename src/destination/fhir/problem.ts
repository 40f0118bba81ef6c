import type { Outcome } from "../../message.ts"

export type NotDelivered = Exclude<Outcome, { outcome: "delivered" }>

/** Why a search did not say what it was asked for: the outcome of the delivery it was for. */
export class SearchProblem extends Error {
  override name = "SearchProblem"

  /** `status`: what was answered; 0 where that is not the reason. */
  constructor(
    readonly outcome: NotDelivered,
    readonly status = 0,
  ) {
    super(outcome.reason)
  }
}
