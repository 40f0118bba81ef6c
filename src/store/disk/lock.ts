import { Database, SQLiteError } from "bun:sqlite"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { explain, StoreProblem } from "../problem.ts"

/** The file that keeps a second process out. */
export const lockName = "lock"

/**
 * Makes `folder` where it is not there yet, and keeps a second process out of it. The lock is
 * SQLite's own on a file of its own: it dies with the process that holds it, however that ends.
 * Throws StoreProblem for a folder in use or one that can't be written.
 */
export function lockFolder(folder: string): Database {
  const path = join(folder, lockName)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StoreProblem(`the data folder ${folder} can't be made: ${(error as Error).message}`)
  }
  try {
    const lock = new Database(path, { create: true, strict: true })
    lock.run("PRAGMA busy_timeout = 0")
    lock.run("PRAGMA locking_mode = EXCLUSIVE")
    lock.run("BEGIN EXCLUSIVE")
    return lock
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error
    throw error.code === "SQLITE_BUSY"
      ? new StoreProblem(
          `the data folder ${folder} is in use by another waystation: stop that one first, ` +
            "or give this one a folder of its own with --data",
        )
      : explain(error, path)
  }
}
