import { type Answer, readAnswer } from "../answer.ts"
import { explanation, object, parseJson } from "../explanation.ts"
import { networkReason } from "../network.ts"
import { outcomeOfStatus, why } from "../status.ts"
import { AccessProblem, type AuthGiven } from "./auth.ts"
import type { Granted } from "./token.ts"

/** What is asked of a token endpoint (RFC 6749, 3.2). */
export interface TokenRequest {
  url: string
  /** What is left out of the configuration is undefined, and left out here. */
  form: Readonly<Record<string, string | undefined>>
  headers: Readonly<Record<string, string>>
  /** What must not be shown though an answer repeats it. */
  secrets: readonly string[]
  /** What to look at when it refuses us: a question. */
  advice: string
}

/** Asks for a token and reads the answer. Throws AccessProblem as the two do. */
export async function grant(
  request: TokenRequest,
  given: Pick<AuthGiven, "ask" | "now">,
  signal: AbortSignal,
): Promise<Granted> {
  return grantedOf(await askToken(request, given, signal), request, given.now())
}

/** Asks for a token. Throws AccessProblem where no whole answer comes: a retry. */
export async function askToken(
  { url, form, headers }: TokenRequest,
  { ask }: Pick<AuthGiven, "ask">,
  signal: AbortSignal,
): Promise<Answer> {
  const given = Object.entries(form).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as [string, string]],
  )
  try {
    const response = await ask(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        "user-agent": "Waystation",
        ...headers,
      },
      body: new URLSearchParams(given).toString(),
      signal,
    })
    return await readAnswer(response)
  } catch (error) {
    throw new AccessProblem({ outcome: "retry", reason: networkReason(url, error) })
  }
}

/** Where an answer does not say how long its token lasts; a 401 tells when that was too long. */
const lastsMsUnknown = 5 * 60_000
/** However long it is said to last, another is asked for every day. */
const lastsMsMax = 24 * 60 * 60_000

/**
 * The token an answer gives (RFC 6749, 5.1). Throws AccessProblem where it gives none: a pause
 * where we are refused (5.2), a retry where that may pass or the answer makes no sense.
 */
export function grantedOf(answer: Answer, request: TokenRequest, now: number): Granted {
  const { status, text } = answer
  const body = object(parseJson(text))
  const { access_token: token, token_type: type = "Bearer", expires_in: expiresIn } = body
  if (status < 200 || status >= 300 || body.error !== undefined) throw refusal(answer, request, now)
  const fail = (outcome: "retry" | "pause", what: string) =>
    new AccessProblem({ outcome, reason: `${request.url}: answered ${status}, but ${what}` })
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw fail("retry", "with no access_token")
  }
  if (String(type).toLowerCase() !== "bearer") {
    throw fail("pause", "with a token that is no bearer token, and no other is understood")
  }
  return { authorization: `Bearer ${token}`, lastsMs: lastsMsOf(expiresIn) }
}

/** In the field it comes as text too, and as 0 or -1 for one that never ends. */
function lastsMsOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === "string" ? Number.parseFloat(expiresIn) : expiresIn
  if (typeof seconds !== "number" || !(seconds > 0)) return lastsMsUnknown
  return Math.min(seconds * 1000, lastsMsMax)
}

/** What may be otherwise in a moment, though it comes with a 400. */
const passing = ["temporarily_unavailable", "server_error"]

function refusal(answer: Answer, { url, secrets, advice }: TokenRequest, now: number) {
  const { status, text } = answer
  const { error, error_description: description, access_token: token } = object(parseJson(text))
  // The log may have it: a code of the standard's and its extensions', and nothing else.
  const code = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : ""
  const words = typeof description === "string" ? description : explanation(text)
  const hidden = typeof token === "string" && token !== "" ? [token, ...secrets] : secrets
  const said = hidden.reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), words)
  const meaning = outcomeOfStatus(answer, now)
  if (status >= 300 && meaning.outcome === "retry") {
    const { reason, afterMs } = meaning
    return new AccessProblem({ outcome: "retry", ...why(`${url}: ${reason}`, said), afterMs })
  }
  const reason = `${url}: answered ${[status, code].join(" ").trim()}`
  if (passing.includes(code)) return new AccessProblem({ outcome: "retry", ...why(reason, said) })
  const look = adviceFor[code] ?? (elsewhere(status) ? "is that address right?" : advice)
  return new AccessProblem({ outcome: "pause", ...why(`${reason}: ${look}`, said) })
}

/** Whether what answers is no token endpoint, rather than one that refuses us. */
function elsewhere(status: number): boolean {
  return (status >= 300 && status < 400) || [404, 405, 410].includes(status)
}

/** Where the standard's code says more than that we are not wanted (RFC 6749, 5.2; RFC 8707). */
const adviceFor: Readonly<Record<string, string>> = {
  invalid_scope: "is scope one that this client was granted?",
  invalid_target: "are audience and resource right?",
  unsupported_grant_type: "does it know this kind of auth?",
}
