import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { openFhir } from "./client.ts"

const config = v.strictObject({
  kind: v.literal("fhir"),
  /** The base of a FHIR R4 server, or of the channel in front of it. */
  url: v.pipe(
    v.string('must be an address in quotes, such as "https://central.example/fhir"'),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? addressProblem(dataset.value) : undefined
      if (message) addIssue({ message })
    }),
  ),
  /** How long one transaction may take, answer included. */
  timeout: v.optional(timeout, "30s"),
  /** Transactions in flight at once; the deliver loop keeps to it. */
  concurrency: v.optional(
    v.pipe(
      v.number("must be a whole number from 1 to 64"),
      v.check(
        (n) => Number.isInteger(n) && n >= 1 && n <= 64,
        "must be a whole number from 1 to 64",
      ),
    ),
    8,
  ),
})

export type FhirConfig = v.InferOutput<typeof config>

/** FHIR R4 over HTTP: one transaction Bundle a message. */
export const fhir = {
  config,
  open: (_name: string, settings: FhirConfig, surroundings: Surroundings): Destination =>
    openFhir(settings, surroundings),
}

function addressProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return 'must be a whole address, such as "https://central.example/fhir"'
  const { protocol, username, password } = new URL(url)
  if (protocol !== "http:" && protocol !== "https:") return "must begin with http:// or https://"
  if (username || password) return "must not carry a name or password"
  if (/[?#]/.test(url)) return "must be a base address: no ? and no # in it"
  return undefined
}
