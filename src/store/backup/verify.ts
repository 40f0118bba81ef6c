import { Database, SQLiteError } from "bun:sqlite"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { databaseName, versionOf } from "../disk/database.ts"
import { lockFolder } from "../disk/lock.ts"
import { openKeys } from "../journal/keys.ts"
import { explain, StoreProblem } from "../problem.ts"
import { lastMessage } from "../store.ts"

/** What a data folder holds. */
export interface Verified {
  messages: number
  pending: number
  held: number
}

/**
 * Reads a data folder that no gateway runs on through to its last page, and says what is in it.
 * Throws StoreProblem for one that is damaged, in use, or of a newer version.
 */
export function verifyFolder(folder: string): Verified {
  const path = join(folder, databaseName)
  if (!existsSync(path)) throw new StoreProblem(`there is no ${path}: name the data folder itself`)
  const lock = lockFolder(folder)
  let database: Database | undefined
  try {
    database = new Database(path, { readwrite: true, create: false, strict: true })
    versionOf(database, path)
    wholeOrThrow(database, path)
    openKeys(folder, lastMessage(database) > 0)
    return counted(database)
  } catch (error) {
    throw error instanceof SQLiteError ? explain(error, path) : error
  } finally {
    database?.close()
    lock.close()
  }
}

/** Reads the whole database; throws StoreProblem where a page of it is not what it was. */
export function wholeOrThrow(database: Database, path: string): void {
  const check = database.query<{ integrity_check: string }, []>("PRAGMA integrity_check(1)")
  const found = check.get()?.integrity_check
  if (found === "ok") return
  throw new StoreProblem(`${path} is damaged (${found}): keep a copy of it, then restore a backup`)
}

function counted(database: Database): Verified {
  const query = `SELECT (SELECT count(*) FROM journal) AS messages,
    coalesce(sum(deliveries) FILTER (WHERE state = 'pending'), 0) AS pending,
    coalesce(sum(deliveries) FILTER (WHERE state = 'held'), 0) AS held FROM delivery_tally`
  return database.query<Verified, []>(query).get() ?? { messages: 0, pending: 0, held: 0 }
}
