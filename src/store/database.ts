import { Database, SQLiteError } from "bun:sqlite"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import first from "./001-first.sql" with { type: "text" }

/** The numbered migrations, in order; `user_version` counts those that were applied. */
const migrations = [first]

/** What keeps a store from opening, in words that tell the operator what to do. */
export class StoreProblem extends Error {
  override name = "StoreProblem"
}

/**
 * Two connections to one database file: `intake` makes every commit durable before it returns,
 * `work` may lose its last commits in a power cut, since following and settling can be done again.
 */
export interface Databases {
  intake: Database
  work: Database
  close(): void
}

/**
 * Opens the database in `folder` and brings it to this version's schema. Throws StoreProblem for a
 * damaged database or one of a newer version.
 */
export function openDatabases(folder: string): Databases {
  const path = join(folder, "waystation.db")
  const open: Database[] = []
  const close = () => {
    for (const database of open.reverse()) database.close()
  }
  try {
    const intake = connect(path)
    open.push(intake)
    const version = versionOf(intake, path)
    configure(intake, "FULL")
    migrate(intake, version)
    const work = connect(path)
    open.push(work)
    configure(work, "NORMAL")
    return { intake, work, close }
  } catch (error) {
    close()
    throw error instanceof SQLiteError ? explain(error, path) : error
  }
}

/**
 * Makes `folder` where it is not there yet, and keeps a second process out of it. The lock is
 * SQLite's own on a file of its own: it dies with the process that holds it, however that ends.
 * Throws StoreProblem for a folder in use or one that can't be written.
 */
export function lockFolder(folder: string): Database {
  const path = join(folder, "lock")
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

function connect(path: string): Database {
  return new Database(path, { create: true, strict: true })
}

function configure(database: Database, synchronous: "FULL" | "NORMAL"): void {
  const checkpointPages = synchronous === "FULL" ? 16_000 : 4_000
  const pragmas: [string, string | number, unknown][] = [
    ["auto_vacuum", "INCREMENTAL", 2],
    ["journal_mode", "WAL", "wal"],
    ["synchronous", synchronous, synchronous === "FULL" ? 2 : 1],
    ["foreign_keys", "ON", 1],
    ["busy_timeout", 5_000, 5_000],
    // Checkpoints belong to the work connection, out of the way of acknowledgements; 16 MiB at a
    // time, since a page that was written often is then copied once (4.5 µs a message, 7.7 at 4).
    // Where nothing is followed (only malformed input, probes) intake does it, at 64 MiB.
    ["wal_autocheckpoint", checkpointPages, checkpointPages],
    ["journal_size_limit", 67_108_864, 67_108_864],
  ]
  for (const [name, value, expected] of pragmas) {
    database.run(`PRAGMA ${name} = ${value}`)
    const row = database.query<Record<string, unknown>, []>(`PRAGMA ${name}`).get()
    const actual = Object.values(row ?? {})[0]
    if (actual !== expected) {
      throw new StoreProblem(`SQLite keeps ${name} at ${actual}, where ${value} is needed`)
    }
  }
}

/**
 * Copies what stands in the write-ahead log into the database and gives its space back, as far as
 * that goes. A log that may grow to 16 MiB would otherwise keep a small disk full for ever.
 */
export function giveBackWal(database: Database): void {
  try {
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")
  } catch {
    // The commit that had no room says so itself.
  }
}

/** Read before anything is set: even that would write into a newer version's file. */
function versionOf(database: Database, path: string): number {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get()
  const version = row?.user_version ?? 0
  if (version <= migrations.length) return version
  throw new StoreProblem(
    `${path} was written by a newer waystation (schema ${version}, this one knows ` +
      `${migrations.length}): start that version again, nothing was changed`,
  )
}

function migrate(database: Database, version: number): void {
  migrations.slice(version).forEach((sql, index) => {
    database.transaction(() => {
      database.run(sql)
      database.run(`PRAGMA user_version = ${version + index + 1}`)
    })()
  })
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
