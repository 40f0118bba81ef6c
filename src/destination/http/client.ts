import { createHash } from "node:crypto"
import type { Destination, Outcome, Sending, Surroundings } from "../../message.ts"
import { type Answer, readAnswer } from "../answer.ts"
import { openAccess } from "../auth/index.ts"
import { readSecret } from "../auth/secret-file.ts"
import { patienceMs, within } from "../network.ts"
import { headerForm } from "./headers.ts"
import type { HttpConfig } from "./index.ts"
import { outcomeOf } from "./outcome.ts"
import { secretForm, signatureHeaders } from "./signature.ts"

/**
 * A web server that is handed each message, as it came or as its Bundle. It knows what it had
 * before by `Idempotency-Key`, which is the same for the same content.
 */
export function openHttp(
  settings: Omit<HttpConfig, "kind" | "concurrency">,
  surroundings: Pick<Surroundings, "now" | "log">,
): Destination {
  const { url, method, timeout } = settings
  const isMessage = settings.body === "hl7"
  const access = openAccess(settings, surroundings)
  const closing = new AbortController()

  function headersFor(key: string, body: Uint8Array): Record<string, string> {
    const files = Object.entries(settings.headerFiles).map(([name, path]) => {
      return [name, readSecret(`headerFiles.${name}`, path, headerForm)] as const
    })
    const id = `${key}-${createHash("sha256").update(body).digest("hex").slice(0, 32)}`
    const secrets =
      settings.secretFile !== undefined && readSecret("secretFile", settings.secretFile, secretForm)
    const type = isMessage ? "application/hl7-v2" : "application/fhir+json"
    const headers = new Headers({
      "content-type": type,
      accept: `${type}, */*;q=0.1`,
      "user-agent": "Waystation",
      "idempotency-key": id,
      ...(secrets && signatureHeaders(secrets, { id, body, now: surroundings.now() })),
    })
    // These stand in for ours: some servers know v2 by another media type.
    for (const [name, value] of [...Object.entries(settings.headers), ...files]) {
      headers.set(name, value)
    }
    return Object.fromEntries(headers)
  }

  return {
    takes: isMessage ? "message" : "bundle",
    async send({ key, message, bundle }: Sending, signal: AbortSignal): Promise<Outcome> {
      const content = isMessage ? message.bytes : Buffer.from(JSON.stringify(bundle))
      const body = new Uint8Array(content)
      let answer: Answer
      try {
        const headers = headersFor(key, body)
        const limitMs = patienceMs(timeout, body.length)
        answer = await within(limitMs, [signal, closing.signal], async (limit) =>
          readAnswer(await access.fetch(url, { method, headers, body, signal: limit })),
        )
      } catch (error) {
        return access.problem(error).outcome
      }
      return outcomeOf(answer, isMessage ? message.bytes : undefined, surroundings.now())
    },
    async close() {
      closing.abort(new Error("the gateway is stopping"))
      access.close()
    },
  }
}
