import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { StoreProblem } from "./database.ts"

/**
 * Bytes of a key in the database: 64 bits of the HMAC, since fewer pages a commit is less wear. Two
 * that meet by chance share a lane, or hide a repeat: among ten million, once in 360,000 boxes.
 */
export const keyLength = 8

/** Turns what could name a patient into a key that says nothing without the box's own secret. */
export type Keyed = (what: string | Uint8Array) => Buffer

/**
 * Opens the box's secret in `folder`, or makes it for a box whose journal was never `used`. It lies
 * beside the database, not in it, so that the database alone tells nobody who the patients are.
 */
export function openKeys(folder: string, used: boolean): Keyed {
  const path = join(folder, "box.key")
  if (!existsSync(path)) {
    if (used) {
      throw new StoreProblem(
        `${path} is missing, and the database beside it can't be read in order without it: ` +
          "put it back from where the database came from",
      )
    }
    writeSecret(folder, path)
  }
  const secret = readFileSync(path)
  if (secret.length !== 32) throw new StoreProblem(`${path} is damaged: it must hold 32 bytes`)
  const keyed = new Bun.CryptoHasher("sha256", secret)
  return (what) => keyed.copy().update(what).digest().subarray(0, keyLength)
}

/** Whole or not at all, and on disk before the first message is: a power cut must not part them. */
function writeSecret(folder: string, path: string): void {
  const file = openSync(`${path}.new`, "w", 0o600)
  writeSync(file, crypto.getRandomValues(new Uint8Array(32)))
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
  const directory = openSync(folder, "r")
  fsyncSync(directory)
  closeSync(directory)
}
