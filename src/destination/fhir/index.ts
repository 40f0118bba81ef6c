import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { accessConfig } from "../auth/index.ts"
import { address, delivering } from "../settings.ts"
import { openFhir } from "./client.ts"

const config = v.strictObject({
  kind: v.literal("fhir"),
  /** The base of a FHIR R4 server, or of the channel in front of it. */
  url: address,
  /** How long one transaction may take, answer included. */
  timeout: v.optional(timeout, "30s"),
  ...accessConfig,
  ...delivering,
})

export type FhirConfig = v.InferOutput<typeof config>

/** FHIR R4 over HTTP: one transaction Bundle a message. */
export const fhir = {
  config,
  open: (_name: string, settings: FhirConfig, surroundings: Surroundings): Destination =>
    openFhir(settings, surroundings),
}
