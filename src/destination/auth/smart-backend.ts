import * as v from "valibot"
import { address } from "../settings.ts"
import type { Auth, AuthGiven } from "./auth.ts"
import { text } from "./client-secret.ts"
import { assertionOf, privateKeyForm } from "./private-key.ts"
import { readSecret, secretFile } from "./secret-file.ts"
import { ServerClock } from "./server-clock.ts"
import { discoverTokenUrl } from "./smart-discovery.ts"
import { type Granted, openToken } from "./token.ts"
import { askToken, grant, grantedOf, type TokenRequest } from "./token-endpoint.ts"

const config = v.strictObject({
  kind: v.literal("smart-backend"),
  clientId: text,
  /** The private key that `waystation key` made. */
  keyFile: secretFile(privateKeyForm),
  scope: text,
  /** Left out: the one that the server names in `.well-known/smart-configuration`. */
  tokenUrl: v.optional(address),
  /** The name the key was registered by; left out: its thumbprint, as `waystation key` printed. */
  kid: v.optional(text),
})

type Settings = v.InferOutput<typeof config>

/** SMART Backend Services: client credentials, the client proved by a signature (RFC 7523). */
export const smartBackend = {
  config,
  open(settings: Settings, given: AuthGiven): Auth {
    const clock = new ServerClock(given)
    let discovered: string | undefined
    return openToken(async (signal) => {
      const known = settings.tokenUrl ?? discovered
      const tokenUrl = known ?? (await discoverTokenUrl(given, clock, signal))
      // Kept only while it gives tokens: a server that moved it says so where it said so before.
      discovered = undefined
      const granted = await grantAt(tokenUrl, { settings, given, clock }, signal)
      discovered = tokenUrl
      return granted
    }, given)
  },
}

interface With {
  settings: Settings
  given: AuthGiven
  clock: ServerClock
}

async function grantAt(
  tokenUrl: string,
  { settings, given, clock }: With,
  signal: AbortSignal,
): Promise<Granted> {
  const request = await requestOf(tokenUrl, settings, clock)
  const answer = await askToken(request, given, signal)
  const otherTime = clock.heed(tokenUrl, answer)
  if (!otherTime || answer.status < 400) return grantedOf(answer, request, given.now())
  return grant(await requestOf(tokenUrl, settings, clock), given, signal)
}

async function requestOf(
  tokenUrl: string,
  { clientId, keyFile, scope, kid }: Settings,
  clock: ServerClock,
): Promise<TokenRequest> {
  const pem = readSecret("keyFile", keyFile, privateKeyForm)
  const assertion = await assertionOf(pem, { clientId, tokenUrl, kid, at: clock.seconds() })
  return {
    url: tokenUrl,
    headers: {},
    form: {
      grant_type: "client_credentials",
      scope,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    },
    secrets: [assertion],
    advice: `is clientId known there, with the public key that belongs to ${keyFile}?`,
  }
}
