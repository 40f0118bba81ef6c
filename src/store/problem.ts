import type { SQLiteError } from "bun:sqlite"
import { existsSync } from "node:fs"

/** What keeps a store from opening, in words that tell the operator what to do. */
export class StoreProblem extends Error {
  override name = "StoreProblem"
}

/** What SQLite could not do with a file or folder, and what to do. */
export function explain(error: SQLiteError, path: string): StoreProblem {
  const advice =
    error.code === "SQLITE_NOTADB" || error.code === "SQLITE_CORRUPT"
      ? "the file is damaged; it was left as it is: keep a copy, then restore a backup"
      : existsSync(path)
        ? "see that the disk has space and the folder belongs to the user waystation runs as"
        : "see that the folder exists and belongs to the user waystation runs as"
  return new StoreProblem(`${path} can't be opened (${error.code}: ${error.message}): ${advice}`)
}
