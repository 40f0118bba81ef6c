import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs"
import { join } from "node:path"

/**
 * Writes a file that only this user may read: whole or not at all, and on disk when this returns.
 * A power cut between must leave no empty secret, with which the box would not start again.
 */
export function writeSecret(folder: string, name: string, secret: Uint8Array): void {
  const fresh = join(folder, "secret.new")
  const file = openSync(fresh, "w", 0o600)
  writeSync(file, secret)
  fsyncSync(file)
  closeSync(file)
  renameSync(fresh, join(folder, name))
  const directory = openSync(folder, "r")
  fsyncSync(directory)
  closeSync(directory)
}
