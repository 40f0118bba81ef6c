import type { Log, Outcome } from "../../message.ts"

/** One way to prove who we are, open. */
export interface Auth {
  /**
   * What a request carries. Throws AccessProblem where it can't be had: doubt is a retry, what a
   * person must mend a pause. `signal` ends this wait alone, not that of others for the same.
   */
  headers(signal: AbortSignal): Promise<Record<string, string>>
  /** Says that these were answered 401; true where the next ones may be others. */
  refused(headers: Readonly<Record<string, string>>): boolean
  close(): void
}

/** What a way is given to ask others with: a token endpoint, for one. */
export interface AuthGiven {
  /** A request by the destination's certificates and proxy, redirects not followed. */
  ask(url: string, request: RequestInit): Promise<Response>
  /** The destination's own address, without a slash at its end. */
  base: string
  /** How long it may take to come by a token. */
  timeoutMs: number
  /** Milliseconds since 1970 by the box's clock, which may lie. */
  now: () => number
  /** Milliseconds that only go forward, whatever is done to the clock. */
  elapsed: () => number
  log: Log
}

/** Why nothing could be asked, or no answer came: the outcome of the delivery it was for. */
export class AccessProblem extends Error {
  override name = "AccessProblem"

  constructor(readonly outcome: Extract<Outcome, { outcome: "retry" | "pause" }>) {
    super(outcome.reason)
  }
}
