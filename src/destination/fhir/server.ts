import type { Bundle, FhirResource } from "fhir/r4"
import { writeXml } from "../../fhir/write-xml.ts"
import type { Surroundings } from "../../message.ts"
import { type Answer, readAnswer } from "../answer.ts"
import { type AccessSettings, type Asking, openAccess } from "../auth/index.ts"
import { patienceMs, within } from "../network.ts"
import type { FhirConfig } from "./index.ts"
import { matchesOf } from "./matches.ts"
import { type NotDelivered, SearchProblem } from "./problem.ts"

export type FhirSettings = AccessSettings &
  Partial<
    Pick<FhirConfig, "format" | "gzip" | "write" | "patientMatch" | "batchMax" | "concurrency">
  >

/** A FHIR server as it is asked over HTTP. What any of these throws is for `problem`. */
export interface Server {
  base: string
  post(bundle: Bundle, key: string, signal: AbortSignal): Promise<Answer>
  /** `path` under the base, with its query. */
  get(path: string, signal: AbortSignal): Promise<Answer>
  /** The resources of a type that a query finds; the first so many, where there are more. */
  search(type: string, query: Query, signal: AbortSignal): Promise<FhirResource[]>
  problem(error: unknown): NotDelivered
  close(): void
}

/** The resources of a type that a query finds. Throws SearchProblem, and what the network does. */
export type Search = (type: string, query: Query) => Promise<FhirResource[]>

/** Search parameters (R4, 3.1.1), each value already escaped. */
export type Query = Readonly<Record<string, string>>

/** Opens the way to a server; nothing is connected before the first request. */
export function openServer(
  settings: FhirSettings,
  { now, log }: Pick<Surroundings, "now" | "log">,
): Server {
  const base = settings.url.replace(/\/+$/, "")
  const closing = new AbortController()
  const access = openAccess(settings, { now, log })
  const mime = settings.format === "xml" ? "application/fhir+xml" : "application/fhir+json"

  const ask = (
    url: string,
    request: Omit<Asking, "signal">,
    signal: AbortSignal,
  ): Promise<Answer> =>
    within(
      patienceMs(settings.timeout, request.body?.length ?? 0),
      [signal, closing.signal],
      async (limit) => readAnswer(await access.fetch(url, { ...request, signal: limit })),
    )
  const get = (path: string, signal: AbortSignal) =>
    ask(`${base}/${path}`, { headers: { ...reading, accept: mime } }, signal)

  return {
    base,
    get,
    post(bundle, key, signal) {
      const text = settings.format === "xml" ? writeXml(bundle) : JSON.stringify(bundle)
      const headers: Record<string, string> = {
        "content-type": mime,
        accept: mime,
        // The answer is only counted, so resources need not come back over a clinic's uplink.
        prefer: "return=minimal",
        "idempotency-key": `${key}-${digestOf(text)}`,
        "user-agent": "Waystation",
      }
      if (!settings.gzip) return ask(base, { method: "POST", headers, body: text }, signal)
      headers["content-encoding"] = "gzip"
      return ask(base, { method: "POST", headers, body: Bun.gzipSync(text) }, signal)
    },
    async search(type, query, signal) {
      const asked = Object.entries(query).map(([name, value]) => {
        return `${name}=${encodeURIComponent(value)}`
      })
      return matchesOf(await get(`${type}?${asked.join("&")}`, signal), type, now())
    },
    problem: (error) =>
      error instanceof SearchProblem ? error.outcome : access.problem(error).outcome,
    close() {
      closing.abort(new Error("the gateway is stopping"))
      access.close()
    },
  }
}

const reading = { "cache-control": "no-cache", "user-agent": "Waystation" }

function digestOf(text: string): string {
  return Bun.CryptoHasher.hash("sha256", text, "hex").slice(0, 32)
}
