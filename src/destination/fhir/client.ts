import type { FhirResource } from "fhir/r4"
import type { Destination, Outcome, Sending, Surroundings } from "../../message.ts"
import { type Answer, readAnswer } from "./answer.ts"
import { found } from "./found.ts"
import type { FhirConfig } from "./index.ts"
import { outcomeOf } from "./outcome.ts"

const fhirJson = "application/fhir+json"

/**
 * A FHIR R4 server. `send` posts one transaction (R4, 3.1.0.11.2) and is safe to repeat: the
 * Bundle creates and updates on condition, and the idempotency key is the same for the same
 * body. `find` reads by search. Nothing is connected until then.
 */
export function openFhir(
  settings: Pick<FhirConfig, "url" | "timeout">,
  { now }: Pick<Surroundings, "now">,
): Destination {
  const base = settings.url.replace(/\/+$/, "")
  const closing = new AbortController()

  const ask = (url: string, request: RequestInit, signal: AbortSignal): Promise<Answer> =>
    within(settings.timeout, [signal, closing.signal], async (limit) =>
      readAnswer(await fetch(url, { ...request, redirect: "manual", signal: limit })),
    )

  return {
    async send(sending: Sending, signal: AbortSignal): Promise<Outcome> {
      const body = JSON.stringify(sending.bundle)
      let answer: Answer
      try {
        answer = await ask(
          base,
          { method: "POST", headers: headersFor(sending, body), body },
          signal,
        )
      } catch (error) {
        return { outcome: "retry", reason: networkReason(base, error) }
      }
      return outcomeOf(answer, sending.bundle.entry?.length ?? 0, now())
    },

    async find(type, identifier, signal): Promise<FhirResource | undefined> {
      const token = encodeURIComponent(`${identifier.system}|${identifier.value}`)
      const url = `${base}/${type}?identifier=${token}&_count=2`
      const request = { headers: { accept: fhirJson, "cache-control": "no-cache" } }
      let answer: Answer
      try {
        answer = await ask(url, request, signal)
      } catch (error) {
        throw new Error(networkReason(base, error), { cause: error })
      }
      return found(answer, type)
    },

    async close() {
      closing.abort(new Error("the gateway is stopping"))
    },
  }
}

function headersFor(sending: Sending, body: string): Record<string, string> {
  const digest = new Bun.CryptoHasher("sha256").update(body).digest("hex")
  return {
    "content-type": fhirJson,
    accept: fhirJson,
    // The answer is only counted, so resources need not come back over a clinic's uplink.
    prefer: "return=minimal",
    "idempotency-key": `${sending.key}-${digest.slice(0, 32)}`,
    "user-agent": "Waystation",
  }
}

/**
 * Runs `work` under a signal that the limit or any of `signals` aborts. One timer and one
 * listener each, taken away again: AbortSignal.timeout would keep 30,000 timers alive at 1,000
 * transactions a second and a timeout of 30 s.
 */
async function within<T>(
  limitMs: number,
  signals: readonly AbortSignal[],
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => {
    limit.abort(new Error(`no whole answer within ${limitMs / 1000} s`))
  }, limitMs)
  const stop = (event: Event) => limit.abort((event.target as AbortSignal).reason)
  for (const signal of signals) {
    if (signal.aborted) limit.abort(signal.reason)
    signal.addEventListener("abort", stop)
  }
  try {
    return await work(limit.signal)
  } finally {
    clearTimeout(timer)
    for (const signal of signals) signal.removeEventListener("abort", stop)
  }
}

/** What went wrong below HTTP, in words where the code is one that people meet. */
function networkReason(base: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const words = (code && said[code]) || message || String(error)
  return `${base}: ${words}`
}

const said: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused; is the server running, and the port right?",
  ECONNRESET: "the connection was cut before the answer was whole",
  ENOTFOUND: "the name can't be resolved; is it right, and the network up?",
  EAI_AGAIN: "the name can't be resolved just now; is the network up?",
  ENETUNREACH: "there is no way to it; is the network up?",
  EHOSTUNREACH: "there is no way to it; is the network up, and the server?",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by nobody but itself",
  Malformed_HTTP_Response: "what answers there is no web server; is the port right?",
  EPROTO: "no TLS there; is it http:// and not https://?",
}
