import { randomBytes, timingSafeEqual } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { MiddlewareHandler } from "hono"
import { writeSecret } from "../secret.ts"
import { problem } from "./problem.ts"

/** Whoever can read this file of the data folder may use the API. */
const fileName = "admin-token"

/**
 * The token in the data folder, made where there is none yet. Throws with what to do where the
 * file can't be had or holds no token: an empty one would let everybody in.
 */
export function openToken(folder: string): string {
  const path = join(folder, fileName)
  const token = textOf(folder, path).trimEnd()
  // RFC 6750, 2.1, and long enough for a token that somebody chose not to be guessed.
  if (/^[\w.~+/-]{32,}=*$/.test(token)) return token
  throw new Error(
    `${path} holds no token (32 or more letters and digits): remove the file, and the next start ` +
      "makes a new one",
  )
}

/** Lets in who names the token (RFC 6750), and tells anyone else where it is. */
export function requireToken(token: string): MiddlewareHandler {
  const expected = digest(token)
  return async (c, next) => {
    const header = c.req.header("authorization") ?? ""
    const [, given = ""] = /^Bearer +(\S+) *$/i.exec(header) ?? []
    // Of equal length and in constant time: how long it takes tells nothing of the token.
    if (timingSafeEqual(digest(given), expected)) return next()
    const detail =
      "this asks for the header `Authorization: Bearer TOKEN`; " +
      `the token is in the file ${fileName} of the data folder`
    return problem(c, 401, detail, { "www-authenticate": "Bearer" })
  }
}

function digest(text: string): Buffer {
  return new Bun.CryptoHasher("sha256").update(text).digest()
}

function textOf(folder: string, path: string): string {
  try {
    if (!existsSync(path)) {
      writeSecret(folder, fileName, Buffer.from(`${randomBytes(32).toString("hex")}\n`))
    }
    return readFileSync(path, "utf8")
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${path} must be a file of the user waystation runs as: ${message}`)
  }
}
