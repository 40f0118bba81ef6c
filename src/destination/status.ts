import type { Doubt, Issue, Outcome, Why } from "../message.ts"
import type { Answer } from "./answer.ts"
import { beginning, explanation, issuesOf } from "./explanation.ts"

/**
 * What an answer over HTTP other than 2xx means for its delivery: doubt is `retry`, a refusal of
 * this message `hold`, an answer that would meet any message `pause`. `now` in ms since 1970.
 */
export function outcomeOfStatus(answer: Answer, now: number): Outcome {
  const why = whyOf(answer)
  switch (meaningOf(answer.status)) {
    case "retry":
      return {
        outcome: "retry",
        ...why,
        afterMs: retryAfterMs(answer.headers, now),
        doubt: doubtOf(answer.status),
      }
    case "hold":
      return { outcome: "hold", ...why }
    case "pause":
      return { outcome: "pause", ...why }
  }
}

/** The same of a status alone. */
export function meaningOf(status: number): "retry" | "hold" | "pause" {
  switch (status) {
    // On the base: the address, the credentials or the role is wrong, as OpenHIM answers 401
    // for a client that is not allowed and 404 where no channel matched. No message passes an
    // address that takes no POST (405), is gone (410) or stands behind a proxy's login (407).
    case 401:
    case 403:
    case 404:
    case 405:
    case 407:
    case 410:
      return "pause"
    // 409 and 412 are often a race between two conditional creates of one resource.
    case 408:
    case 409:
    case 412:
    case 425:
    case 429:
      return "retry"
  }
  if (status >= 300 && status < 400) return "pause"
  return status >= 400 && status < 500 ? "hold" : "retry"
}

function doubtOf(status: number): Doubt | undefined {
  if (status === 409 || status === 412) return "conflict"
  return status === 500 ? "fault" : undefined
}

/** The status, and what the server said about it. */
function whyOf(answer: Answer): Why {
  const location = answer.headers.get("location")
  const to = location && answer.status < 400 ? ` (moved to ${beginning(location)})` : ""
  const reason = `answered ${answer.status}${to}${hint(answer.status)}`
  return why(reason, explanation(answer.text), issuesOf(answer.text))
}

/** What to look at where the answer would meet any message. */
function hint(status: number): string {
  if ([401, 403, 407].includes(status)) return " (are the credentials and the role right?)"
  return [404, 405, 410].includes(status) ? " (is the address right?)" : ""
}

/** Why, with what was said about it where there was anything. */
export function why(reason: string, said: string, issues: readonly Issue[] = []): Why {
  return { reason, ...(said !== "" && { said }), ...(issues.length > 0 && { issues }) }
}

/** A day: a slip of the server's clock must not silence a clinic for longer. */
const retryAfterMsMax = 86_400_000

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date, read against the server's own clock. */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, retryAfterMsMax)
  // Date.parse would take "-5" for a day in May.
  const at = /^[A-Za-z]{3}/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) return undefined
  const serverNow = Date.parse(headers.get("date") ?? "")
  const afterMs = at - (Number.isNaN(serverNow) ? now : serverNow)
  return Math.min(Math.max(afterMs, 0), retryAfterMsMax)
}
