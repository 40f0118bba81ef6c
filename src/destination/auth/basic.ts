import * as v from "valibot"
import type { Auth } from "./auth.ts"
import { fromFile, readSecret, secretFile } from "./secret-file.ts"

const config = v.strictObject({
  kind: v.literal("basic"),
  username: v.pipe(
    v.string("must be text in quotes"),
    v.nonEmpty("must not be empty"),
    // RFC 7617, 2: what stands behind the first colon is the password.
    v.regex(/^[^:\p{Cc}]*$/u, "must be without a colon and on one line"),
  ),
  passwordFile: secretFile(),
})

/** A name and a password (RFC 7617), in UTF-8. */
export const basic = {
  config,
  open: ({ username, passwordFile }: v.InferOutput<typeof config>): Auth =>
    fromFile(() => basicOf(username, readSecret("passwordFile", passwordFile))),
}

/** The header of a name and a password. */
export function basicOf(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`
}
