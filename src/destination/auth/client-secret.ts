import * as v from "valibot"
import { basicOf } from "./basic.ts"
import { readSecret, secretFile } from "./secret-file.ts"
import type { TokenRequest } from "./token-endpoint.ts"

export const text = v.pipe(v.string("must be text in quotes"), v.nonEmpty("must not be empty"))

/** How a client proves itself by a secret, and how it says so. */
export const clientSecret = {
  clientId: text,
  clientSecretFile: secretFile(),
  /** In a header of its own (`basic`), or in the form (`post`), for servers that only take that. */
  clientAuth: v.optional(v.picklist(["basic", "post"], 'must be "basic" or "post"'), "basic"),
}

interface Settings {
  clientId: string
  clientSecretFile: string
  clientAuth: "basic" | "post"
}

type Proof = Pick<TokenRequest, "headers" | "form" | "secrets">

/** What a token request carries of it (RFC 6749, 2.3.1). */
export function proofOf({ clientId, clientSecretFile, clientAuth }: Settings): Proof {
  const secret = readSecret("clientSecretFile", clientSecretFile)
  if (clientAuth === "post") {
    return { headers: {}, form: { client_id: clientId, client_secret: secret }, secrets: [secret] }
  }
  const authorization = basicOf(formEncoded(clientId), formEncoded(secret))
  return { headers: { authorization }, form: {}, secrets: [secret, authorization] }
}

/** RFC 6749, appendix B: a colon in a client's name would otherwise end it. */
function formEncoded(value: string): string {
  return new URLSearchParams({ "": value }).toString().slice(1)
}
