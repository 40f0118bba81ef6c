import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { openFhir } from "./client.ts"

const config = v.strictObject({
  kind: v.literal("fhir"),
  /** The base of a FHIR R4 server, or of the channel in front of it. */
  url: v.pipe(
    v.string(),
    v.url('must be a whole address, such as "https://central.example/fhir"'),
    v.check((url) => /^https?:/i.test(url), "must begin with http:// or https://"),
    v.check((url) => !/^\w+:\/*[^/]*@/.test(url), "must not carry a name or password"),
    v.check((url) => !/[?#]/.test(url), "must be a base address: no ? and no # in it"),
  ),
  /** How long one transaction may take, answer included. */
  timeout: v.optional(timeout, "30s"),
  /** Transactions in flight at once; the deliver loop keeps to it. */
  concurrency: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64, "must not be above 64")),
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
