import * as v from "valibot"
import { address } from "../settings.ts"
import type { Auth, AuthGiven } from "./auth.ts"
import { clientSecret, proofOf, text } from "./client-secret.ts"
import { readSecret, secretFile } from "./secret-file.ts"
import { openToken } from "./token.ts"
import { grant, type TokenRequest } from "./token-endpoint.ts"

const config = v.pipe(
  v.strictObject({
    kind: v.literal("password"),
    tokenUrl: address,
    username: text,
    passwordFile: secretFile(),
    /** Some servers ask for the client too, with a secret or without. */
    clientId: v.optional(text),
    clientSecretFile: v.optional(clientSecret.clientSecretFile),
    clientAuth: clientSecret.clientAuth,
    scope: v.optional(text),
  }),
  v.forward(
    v.partialCheck(
      [["clientId"], ["clientSecretFile"]],
      ({ clientId, clientSecretFile }) => !clientSecretFile || clientId !== undefined,
      "needs a clientId: it is that client's secret",
    ),
    ["clientSecretFile"],
  ),
)

type Settings = v.InferOutput<typeof config>

/**
 * A user's password for a token (RFC 6749, 4.3). Legacy: RFC 9700, 2.4 forbids it, and servers in
 * the field still have nothing else.
 */
export const password = {
  config,
  open: (settings: Settings, given: AuthGiven): Auth =>
    openToken((signal) => grant(requestOf(settings), given, signal), given),
}

function requestOf(settings: Settings): TokenRequest {
  const { tokenUrl, username, passwordFile, scope } = settings
  const { headers, form, secrets } = clientOf(settings)
  const password = readSecret("passwordFile", passwordFile)
  return {
    url: tokenUrl,
    form: { grant_type: "password", username, password, scope, ...form },
    headers,
    secrets: [password, ...secrets],
    advice: `is username known there, and its password the one in ${passwordFile}?`,
  }
}

function clientOf({ clientId, clientSecretFile, clientAuth }: Settings) {
  if (clientId === undefined || clientSecretFile === undefined) {
    return { headers: {}, form: { client_id: clientId }, secrets: [] }
  }
  return proofOf({ clientId, clientSecretFile, clientAuth })
}
