import { readAnswer } from "../answer.ts"
import { object, parseJson } from "../explanation.ts"
import { networkReason } from "../network.ts"
import { outcomeOfStatus } from "../status.ts"
import { AccessProblem, type AuthGiven } from "./auth.ts"
import type { ServerClock } from "./server-clock.ts"

/**
 * The token endpoint a FHIR server names in its `.well-known/smart-configuration` (SMART App Launch
 * 2, 4.1). Throws AccessProblem where it names none: a pause, or a retry where it may do so later.
 */
export async function discoverTokenUrl(
  { ask, base, now }: AuthGiven,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<string> {
  const url = `${base}/.well-known/smart-configuration`
  const answer = await ask(url, { headers: { accept: "application/json" }, signal })
    .then(readAnswer)
    .catch((error) => {
      throw new AccessProblem({ outcome: "retry", reason: networkReason(url, error) })
    })
  clock.heed(url, answer)
  if (answer.status < 200 || answer.status >= 300) {
    const { outcome } = outcomeOfStatus(answer, now())
    const reason = `${url}: answered ${answer.status}`
    if (outcome === "retry") throw new AccessProblem({ outcome, reason })
    throw new AccessProblem({ outcome: "pause", reason: `${reason}: ${advice}` })
  }
  const { token_endpoint: named } = object(parseJson(answer.text))
  if (typeof named !== "string" || !URL.canParse(named, url)) {
    const reason = `${url}: names no token_endpoint: ${advice}`
    throw new AccessProblem({ outcome: "pause", reason })
  }
  const { href, protocol } = new URL(named, url)
  if (protocol !== new URL(base).protocol && protocol !== "https:") {
    const reason = `${url}: names a token_endpoint without TLS: ${advice}`
    throw new AccessProblem({ outcome: "pause", reason })
  }
  return href
}

const advice = "set tokenUrl in the auth section to the address of its token endpoint"
