import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { accessConfig } from "../auth/index.ts"
import { address, delivering } from "../settings.ts"
import { openFhir } from "./client.ts"

const systems = 'must be a list of identifier systems, such as ["urn:oid:2.16.404.1"]'

const batches = "must be a whole number from 1 to 64"

const config = v.strictObject({
  kind: v.literal("fhir"),
  /** The base of a FHIR R4 server, or of the channel in front of it. */
  url: address,
  /** How long one transaction may take, answer included. */
  timeout: v.optional(timeout, "30s"),
  /** What a transaction is written in; an answer is read in either. */
  format: v.optional(v.picklist(["json", "xml"], 'must be "json" or "xml"'), "json"),
  /** Compresses what is sent; the server must know how to read it. */
  gzip: v.optional(v.boolean("must be true or false"), false),
  /** `conditional`: by our identifier, under ids of the server's. `put`: under ids of ours. */
  write: v.optional(
    v.picklist(["conditional", "put"], 'must be "conditional" or "put"'),
    "conditional",
  ),
  /** The systems of the identifiers by which the destination knows its patients already. */
  patientMatch: v.optional(
    v.pipe(v.array(v.pipe(v.string(systems), v.minLength(1, systems)), systems), v.readonly()),
    [],
  ),
  /** Messages that may share a transaction where there is a backlog. */
  batchMax: v.optional(
    v.pipe(
      v.number(batches),
      v.check((n) => Number.isInteger(n) && n >= 1 && n <= 64, batches),
    ),
    1,
  ),
  ...accessConfig,
  ...delivering,
})

export type FhirConfig = v.InferOutput<typeof config>

/** FHIR R4 over HTTP: one transaction Bundle a message. */
export const fhir = {
  config,
  greets: true,
  open: (name: string, settings: FhirConfig, { log, now }: Surroundings): Destination =>
    openFhir(settings, {
      now,
      log: (event, fields) => log(event, { destination: name, ...fields }),
    }),
}
