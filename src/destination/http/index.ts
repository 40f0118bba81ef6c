import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { accessConfig } from "../auth/index.ts"
import { secretFile } from "../auth/secret-file.ts"
import { body, delivering, webAddress } from "../settings.ts"
import { openHttp } from "./client.ts"
import { headersConfig } from "./headers.ts"
import { secretForm } from "./signature.ts"

const config = v.strictObject({
  kind: v.literal("http"),
  url: webAddress,
  method: v.optional(v.picklist(["POST", "PUT"], 'must be "POST" or "PUT"'), "POST"),
  body: v.optional(body, "hl7"),
  ...headersConfig,
  /** Signed as Standard Webhooks with the secret in this file, `whsec_…`; left out, not signed. */
  secretFile: v.optional(secretFile(secretForm)),
  /** How long one delivery may take, answer included. */
  timeout: v.optional(timeout, "30s"),
  ...accessConfig,
  ...delivering,
})

export type HttpConfig = v.InferOutput<typeof config>

/** HTTP: each message in a request of its own, as it came or as its Bundle. */
export const http = {
  config,
  open: (_name: string, settings: HttpConfig, surroundings: Surroundings): Destination =>
    openHttp(settings, surroundings),
}
