import * as v from "valibot"
import type { Auth } from "./auth.ts"
import { type Form, fromFile, readSecret, secretFile } from "./secret-file.ts"

// RFC 6750, 2.1; anything else could never arrive in a header.
const form: Form = {
  test: (token) => /^[\w.~+/-]+=*$/.test(token),
  says: "must hold one token, made of letters, digits and -._~+/ only",
}

const config = v.strictObject({ kind: v.literal("bearer"), tokenFile: secretFile(form) })

/** A token that somebody else puts into a file, and puts a newer one in when it ends. */
export const bearer = {
  config,
  open: ({ tokenFile }: v.InferOutput<typeof config>): Auth =>
    fromFile(() => `Bearer ${readSecret("tokenFile", tokenFile, form)}`),
}
