import { createHmac } from "node:crypto"
import type { Form } from "../auth/secret-file.ts"

/** Secrets as Standard Webhooks writes them: `whsec_` and the base64 of at least 24 bytes. */
export const secretForm: Form = {
  test: (text) =>
    text.split(/\r?\n/).every((line) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(line)),
  says: "must hold a secret like whsec_…: make one with: echo whsec_$(openssl rand -base64 32)",
}

interface Signing {
  /** What makes this sending known: the same each time it is sent. */
  id: string
  body: Uint8Array
  /** Milliseconds since 1970. */
  now: number
}

/**
 * The headers of Standard Webhooks, by which a receiver knows who sent it, when, and whether it had
 * it before. Of several secrets, a line each, each signs: one can be changed without a gap.
 */
export function signatureHeaders(secrets: string, { id, body, now }: Signing) {
  const timestamp = String(Math.floor(now / 1000))
  const signatures = secrets.split(/\r?\n/).map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body)
    return `v1,${signature.digest("base64")}`
  })
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  }
}
