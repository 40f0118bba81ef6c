import type { FhirResource } from "fhir/r4"
import type { Destination, Outcome, Sending, Surroundings } from "../../message.ts"
import { type Answer, readAnswer } from "../answer.ts"
import { type AccessSettings, type Asking, openAccess } from "../auth/index.ts"
import { within } from "../network.ts"
import { found } from "./found.ts"
import { outcomeOf } from "./outcome.ts"

const fhirJson = "application/fhir+json"

/**
 * A FHIR R4 server. `send` posts one transaction (R4, 3.1.0.11.2) and is safe to repeat: the
 * Bundle creates and updates on condition, and the idempotency key is the same for the same
 * body. `find` reads by search. Nothing is connected until then.
 */
export function openFhir(
  settings: AccessSettings,
  { now, log }: Pick<Surroundings, "now" | "log">,
): Destination {
  const base = settings.url.replace(/\/+$/, "")
  const closing = new AbortController()
  const access = openAccess(settings, { now, log })

  const ask = (
    url: string,
    request: Omit<Asking, "signal">,
    signal: AbortSignal,
  ): Promise<Answer> =>
    within(settings.timeout, [signal, closing.signal], async (limit) =>
      readAnswer(await access.fetch(url, { ...request, signal: limit })),
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
        return access.problem(error).outcome
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
        throw access.problem(error)
      }
      return found(answer, type)
    },

    async close() {
      closing.abort(new Error("the gateway is stopping"))
      access.close()
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
