import * as v from "valibot"
import { address } from "../settings.ts"
import type { Auth, AuthGiven } from "./auth.ts"
import { clientSecret, proofOf, text } from "./client-secret.ts"
import { openToken } from "./token.ts"
import { grant, type TokenRequest } from "./token-endpoint.ts"

const config = v.strictObject({
  kind: v.literal("client-credentials"),
  tokenUrl: address,
  ...clientSecret,
  scope: v.optional(text),
  /** Whom the token is for, in the word of some servers, and in that of RFC 8707. */
  audience: v.optional(text),
  resource: v.optional(text),
})

type Settings = v.InferOutput<typeof config>

/** OAuth 2.0 client credentials (RFC 6749, 4.4), by a secret that client and server share. */
export const clientCredentials = {
  config,
  open: (settings: Settings, given: AuthGiven): Auth =>
    openToken((signal) => grant(requestOf(settings), given, signal), given),
}

function requestOf(settings: Settings): TokenRequest {
  const { tokenUrl, scope, audience, resource, clientSecretFile } = settings
  const { form, ...proof } = proofOf(settings)
  return {
    url: tokenUrl,
    form: { grant_type: "client_credentials", scope, audience, resource, ...form },
    ...proof,
    advice: `is clientId known there, and its secret the one in ${clientSecretFile}?`,
  }
}
