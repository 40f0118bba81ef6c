import * as v from "valibot"
import type { Surroundings } from "../../message.ts"
import { networkReason } from "../network.ts"
import { AccessProblem, type Auth, type AuthGiven } from "./auth.ts"
import { basic } from "./basic.ts"
import { bearer } from "./bearer.ts"
import { clientCredentials } from "./client-credentials.ts"
import { none } from "./none.ts"
import { password } from "./password.ts"
import { smartBackend } from "./smart-backend.ts"
import { openTls, type TlsFiles, tlsConfig } from "./tls.ts"

/** The ways to prove who we are. */
const auths = [
  none.config,
  basic.config,
  bearer.config,
  clientCredentials.config,
  smartBackend.config,
  password.config,
] as const

const kinds = auths.map(({ entries }) => `"${entries.kind.literal}"`).join(", ")

const authConfig = v.variant("kind", auths, ({ expected }) =>
  expected === "Object" ? "must be a section with a kind" : `must be one of ${kinds}`,
)

const written = 'must be like "http://10.0.0.1:3128", without a name and a password'

/** How a destination is reached over HTTP, beside its address: entries of a kind's own schema. */
export const accessConfig = {
  /** How the box proves who it is. Left out, it does not. */
  auth: v.optional(authConfig),
  tls: v.optional(tlsConfig),
  /** What stands in front of everything that leaves for this destination, and for its tokens. */
  proxy: v.optional(v.pipe(v.string(written), v.regex(/^https?:\/\/[^\s/?#@]+\/?$/, written))),
}

type AuthConfig = v.InferOutput<typeof authConfig>

export interface AccessSettings {
  /** The destination's own address. */
  url: string
  /** How long one request may take, and how long it may take to come by a token. */
  timeout: number
  auth?: AuthConfig | undefined
  tls?: TlsFiles | undefined
  proxy?: string | undefined
}

/** A destination's address, open to requests under its certificates, its proxy and our proof. */
export interface Access {
  /**
   * Sends a request and gives the answer's beginning, whatever its status; redirects are not
   * followed. An answer of 401 is met with another try, once, where the proof may be another one
   * then. What it throws is for `problem`.
   */
  fetch(url: string, request: Asking): Promise<Response>
  /** What `fetch` threw, or the reading of its answer: retry or pause, with a reason. */
  problem(error: unknown): AccessProblem
  close(): void
}

/** A request that can be sent twice: its body is no stream. */
export interface Asking {
  method?: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  signal: AbortSignal
}

/** Opens the way to a destination; nothing is connected or read before the first request. */
export function openAccess(
  { url, timeout, auth: authSettings = { kind: "none" }, tls, proxy }: AccessSettings,
  { now, log }: Pick<Surroundings, "now" | "log">,
): Access {
  const base = url.replace(/\/+$/, "")
  const certificates = tls && openTls(tls, log)
  const ask = (to: string, request: RequestInit): Promise<Response> =>
    fetch(to, {
      ...request,
      redirect: "manual",
      ...(certificates && { tls: certificates() }),
      ...(proxy !== undefined && { proxy }),
    })
  const elapsed = () => performance.now()
  const auth = openAuth(authSettings, { ask, base, timeoutMs: timeout, now, elapsed, log })

  return {
    async fetch(to, request) {
      for (let tries = 1; ; tries++) {
        const proof = await auth.headers(request.signal)
        const response = await ask(to, { ...request, headers: { ...request.headers, ...proof } })
        // Also the second time: the next delivery should not begin with a proof that is refused.
        const others = response.status === 401 && auth.refused(proof)
        if (!others || tries === 2) return response
        await response.body?.cancel()
      }
    },
    problem(error) {
      if (error instanceof AccessProblem) return error
      const reason = networkReason(proxy === undefined ? base : `${base} through ${proxy}`, error)
      return new AccessProblem({ outcome: "retry", reason })
    },
    close: () => auth.close(),
  }
}

function openAuth(settings: AuthConfig, given: AuthGiven): Auth {
  switch (settings.kind) {
    case "none":
      return none.open()
    case "basic":
      return basic.open(settings)
    case "bearer":
      return bearer.open(settings)
    case "client-credentials":
      return clientCredentials.open(settings, given)
    case "smart-backend":
      return smartBackend.open(settings, given)
    case "password":
      return password.open(settings, given)
    default:
      return settings satisfies never
  }
}
