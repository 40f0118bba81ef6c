import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { calculateJwkThumbprint, type JWK, SignJWT } from "jose"
import type { Form } from "./secret-file.ts"

/** The two ways to sign that every SMART server takes (SMART App Launch 2, Backend Services). */
export type Alg = "RS384" | "ES384"

export const algs: readonly Alg[] = ["RS384", "ES384"]

export const privateKeyForm: Form = {
  test: (pem) => algOf(pem) !== undefined,
  says: "must hold a private key in PEM form without a passphrase, RSA or P-384 (waystation key)",
}

/** A new pair of keys; the private one as PEM (PKCS #8). */
export function newPrivateKey(alg: Alg): string {
  const { privateKey } =
    alg === "RS384"
      ? generateKeyPairSync("rsa", { modulusLength: 3072 })
      : generateKeyPairSync("ec", { namedCurve: "P-384" })
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string
}

/**
 * The public half of a private key in PEM, to be registered at a server (RFC 7517). Its name (kid)
 * is its thumbprint (RFC 7638), so that it need not be kept anywhere.
 */
export async function publicJwkOf(pem: string): Promise<JWK> {
  const jwk = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" }) as JWK
  const kid = await calculateJwkThumbprint(jwk)
  return { ...jwk, kid, use: "sig", alg: algOf(pem), key_ops: ["verify"] }
}

/** Who says what to whom, and when; times in seconds since 1970. */
export interface Assertion {
  clientId: string
  tokenUrl: string
  kid?: string | undefined
  at: number
}

/** SMART allows five minutes ahead; a server whose clock is a little behind sees more than ours. */
const lastsSeconds = 240

/** A signed proof of who we are, good for one use (RFC 7523; SMART, Backend Services). */
export async function assertionOf(
  pem: string,
  { clientId, tokenUrl, kid, at }: Assertion,
): Promise<string> {
  const alg = algOf(pem)
  if (alg === undefined) throw new Error("no key that can sign")
  const name = kid ?? (await publicJwkOf(pem)).kid
  return new SignJWT()
    .setProtectedHeader({ alg, typ: "JWT", ...(name !== undefined && { kid: name }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setJti(crypto.randomUUID())
    .setIssuedAt(at)
    .setExpirationTime(at + lastsSeconds)
    .sign(createPrivateKey(pem))
}

/** How a key signs; undefined for what is no such key. */
function algOf(pem: string): Alg | undefined {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return undefined
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === "rsa" && modulusLength >= 2048) return "RS384"
  const isP384 = namedCurve === "secp384r1" || namedCurve === "P-384"
  return key.asymmetricKeyType === "ec" && isP384 ? "ES384" : undefined
}
