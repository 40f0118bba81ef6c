import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { writeSecret } from "../../secret.ts"
import { StoreProblem } from "../problem.ts"

/**
 * Bytes of a key in the database: 64 bits of the HMAC, since fewer pages a commit is less wear. Two
 * that meet by chance share a lane, or hide a repeat: among ten million, once in 360,000 boxes.
 */
export const keyLength = 8

/** Turns what could name a patient into a key that says nothing without the box's own secret. */
export type Keyed = (what: string | Uint8Array) => Buffer

/** The box's secret, in the data folder. */
export const keyName = "box.key"

/**
 * Opens the box's secret in `folder`, or makes it for a box whose journal was never `used`. It lies
 * beside the database, not in it, so that the database alone tells nobody who the patients are.
 */
export function openKeys(folder: string, used: boolean): Keyed {
  const path = join(folder, keyName)
  if (!existsSync(path)) {
    if (used) {
      throw new StoreProblem(
        `${path} is missing, and the database beside it can't be read in order without it: ` +
          "put it back from where the database came from",
      )
    }
    writeSecret(folder, keyName, crypto.getRandomValues(new Uint8Array(32)))
  }
  const secret = readFileSync(path)
  if (secret.length !== 32) throw new StoreProblem(`${path} is damaged: it must hold 32 bytes`)
  const keyed = new Bun.CryptoHasher("sha256", secret)
  const hmacOf = (what: string | Uint8Array) => keyed.copy().update(what).digest()
  return (what) => {
    // A copy of the 8 bytes: a view of them costs twice what the HMAC itself does.
    const key = Buffer.alloc(keyLength)
    try {
      hmacOf(what).copy(key)
    } catch {
      // Bun throws here what a certificate that could not be read left behind in OpenSSL's queue of
      // errors, and takes it off: a message is not to be refused for that.
      hmacOf(what).copy(key)
    }
    return key
  }
}
