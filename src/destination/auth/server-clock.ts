import type { Answer } from "../answer.ts"
import type { AuthGiven } from "./auth.ts"

/** Less than this is the time an answer takes, and no server minds it. */
const differenceMsMin = 30_000

/**
 * How far the box's clock lies from that of a server, by the Date of its answers (RFC 9110, 6.6.1):
 * a proof with times in it is worth nothing by a clock that is wrong.
 */
export class ServerClock {
  #differenceMs = 0

  constructor(readonly given: Pick<AuthGiven, "now" | "log">) {}

  /** Seconds since 1970, as the server would have it. */
  seconds(): number {
    return Math.floor((this.given.now() + this.#differenceMs) / 1000)
  }

  /** Reads an answer's date; true where the clock is now taken to be another than before. */
  heed(url: string, { headers }: Pick<Answer, "headers">): boolean {
    const date = Date.parse(headers.get("date") ?? "")
    // A cache's answer has the date of the day it was kept.
    if (Number.isNaN(date) || headers.has("age")) return false
    const exact = date - this.given.now()
    const differenceMs = Math.abs(exact) < differenceMsMin ? 0 : exact
    if (Math.abs(differenceMs - this.#differenceMs) < differenceMsMin) return false
    this.#differenceMs = differenceMs
    this.given.log("clock-differs", {
      server: new URL(url).host,
      // Above 0: the server's is ahead.
      seconds: Math.round(differenceMs / 1000),
    })
    return true
  }
}
