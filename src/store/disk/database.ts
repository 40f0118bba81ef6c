import { Database, SQLiteError } from "bun:sqlite"
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from "node:fs"
import { join } from "node:path"
import first from "../001-first.sql" with { type: "text" }
import lanes from "../002-lanes.sql" with { type: "text" }
import housekeeping from "../003-housekeeping.sql" with { type: "text" }
import codes from "../004-codes.sql" with { type: "text" }
import held from "../005-held.sql" with { type: "text" }
import { explain, StoreProblem } from "../problem.ts"
import { Checkpoints } from "./checkpoint.ts"
import { migrate } from "./migrate.ts"
import type { Space } from "./space.ts"

/** The database, in the data folder. */
export const databaseName = "waystation.db"
/** The write-ahead log beside it. */
export const logName = `${databaseName}-wal`

/** The numbered migrations, in order; `user_version` counts those that were applied. */
export const migrations = [first, lanes, housekeeping, codes, held]

/**
 * The one connection to the database. SQLite fsyncs none of its commits: what is waited for is
 * brought to the disk here, all that was committed before it with it. Two connections would do the
 * same, but each commit of the one empties the other's page cache.
 */
export class Disk {
  readonly database: Database
  readonly #log: number
  readonly #giveBack: () => void
  readonly #transaction: (write: () => unknown) => unknown
  readonly #checkpoints: Checkpoints
  /** How long the disk took for the last of these. */
  #syncMs = 0

  /**
   * @param log the write-ahead log's file
   * @param logPages its length when it is full
   * @param giveBack makes room where a commit found none
   */
  constructor(database: Database, log: number, logPages: number, giveBack: () => void) {
    this.database = database
    this.#log = log
    this.#giveBack = giveBack
    this.#transaction = database.transaction((write: () => unknown) => write()).immediate
    this.#checkpoints = new Checkpoints(database, logPages)
  }

  /** Commits what `write` does, fsynced when this returns. Throws with nothing of it written. */
  durably<T>(write: () => T): T {
    const result = this.lazily(write)
    this.#syncHere()
    return result
  }

  /** Commits what `write` does; a power cut may undo it, with all that was committed after it. */
  lazily<T>(write: () => T): T {
    // It would only be a savepoint there, and answered before it is on disk.
    if (this.database.inTransaction) throw new Error("a commit inside another one")
    const result = this.#commit(write)
    this.#checkpoints.committed()
    return result
  }

  #commit<T>(write: () => T): T {
    try {
      return this.#transaction(write) as T
    } catch (error) {
      this.giveBackWal()
      if (!(error instanceof SQLiteError) || !noRoom.test(error.code ?? "")) throw error
      this.#giveBack()
      this.giveBackWal()
      return this.#transaction(write) as T
    }
  }

  /**
   * Brings all that was committed to the disk; undefined where it is there when this returns, as
   * it is for the `few` on a quick disk: to hand it over to another thread takes as long as a quick
   * fsync. For many, or on an SD card, which may take 100 ms, this thread goes on meanwhile.
   */
  sync(few: boolean): Promise<void> | undefined {
    if (few && this.#syncMs < quickMs) {
      try {
        return this.#syncHere()
      } catch (error) {
        return Promise.reject(error)
      }
    }
    const from = performance.now()
    return new Promise((resolve, reject) =>
      fdatasync(this.#log, (error) => {
        this.#syncMs = performance.now() - from
        if (!error) return resolve()
        reject(error)
        end(error)
      }),
    )
  }

  #syncHere(): undefined {
    const from = performance.now()
    try {
      fdatasyncSync(this.#log)
    } catch (error) {
      end(error)
      throw error
    }
    this.#syncMs = performance.now() - from
  }

  /** Resolves when no other thread has the database open to copy the log into it. */
  alone(): Promise<void> {
    return this.#checkpoints.done()
  }

  close(): void {
    this.#checkpoints.close()
    closeSync(this.#log)
    this.database.close()
  }

  /**
   * Copies what stands in the write-ahead log into the database and gives its space back, as far as
   * that goes. A log that may grow to 16 MiB would otherwise keep a small disk full for ever. It
   * waits for nobody who reads the database: the whole gateway would stand still for 5 s each time.
   */
  giveBackWal(): void {
    try {
      this.database.run("PRAGMA busy_timeout = 0")
      this.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch {
      // The commit that had no room says so itself.
    } finally {
      this.database.run(`PRAGMA busy_timeout = ${busyMs}`)
    }
  }
}

/**
 * Ends the process. What could not be fsynced may be lost already, and the next fsync would not say
 * so: only a start reads what is really there.
 */
function end(error: unknown): void {
  setImmediate(() => {
    const { message } = error as Error
    throw new Error(`the disk did not keep what was written, as fsync says: ${message}`)
  })
}

/** An fsync that takes less may keep this thread waiting. */
const quickMs = 1

/** What SQLite says where the file system has no block left for it. */
const noRoom = /^SQLITE_(FULL|IOERR)/

/**
 * Opens the database in `folder` and brings it to this version's schema; `space` makes room where a
 * commit finds none. Throws StoreProblem for a damaged database or one of a newer version.
 */
export function openDisk(folder: string, space: Pick<Space, "giveBack" | "logBytes">): Disk {
  const path = join(folder, databaseName)
  let database: Database | undefined
  try {
    database = new Database(path, { create: true, strict: true })
    const version = versionOf(database, path)
    for (const [name, value, expected] of pragmas) set(database, name, value, expected)
    migrate(database, path, migrations, version)
    const pages = Math.max(1, Math.round(space.logBytes / pageBytes))
    // A page that was written often is copied once: 4.5 µs a message at 16 MiB, 7.7 at 4 MiB.
    set(database, "wal_autocheckpoint", pages, pages)
    set(database, "journal_size_limit", pages * pageBytes, pages * pageBytes)
    return new Disk(database, openLog(database, folder), pages, () => space.giveBack())
  } catch (error) {
    database?.close()
    throw error instanceof SQLiteError ? explain(error, path) : error
  }
}

/**
 * Opens the write-ahead log to fsync it. SQLite makes it with the first reading, and nobody fsyncs
 * the folder then but we: a new log might be gone after a power cut.
 */
function openLog(database: Database, folder: string): number {
  database.query("SELECT 1 FROM box").get()
  const directory = openSync(folder, "r")
  fsyncSync(directory)
  closeSync(directory)
  return openSync(join(folder, logName), "r+")
}

const pageBytes = 4_096
/** How long a commit waits for another process that writes. */
const busyMs = 5_000

const pragmas: [string, string | number, unknown][] = [
  ["page_size", pageBytes, pageBytes],
  ["auto_vacuum", "INCREMENTAL", 2],
  ["journal_mode", "WAL", "wal"],
  ["synchronous", "NORMAL", 1],
  ["foreign_keys", "ON", 1],
  ["busy_timeout", busyMs, busyMs],
  // KiB, as a negative number.
  ["cache_size", -8_192, -8_192],
]

/** Sets a pragma and reads it back: SQLite keeps silent about what it does not take. */
function set(database: Database, name: string, value: string | number, expected: unknown): void {
  database.run(`PRAGMA ${name} = ${value}`)
  // Prepared anew: a statement kept from before would tell what was so then.
  const reading = database.prepare<Record<string, unknown>, []>(`PRAGMA ${name}`)
  const actual = Object.values(reading.get() ?? {})[0]
  reading.finalize()
  if (actual === expected) return
  throw new StoreProblem(`SQLite keeps ${name} at ${actual}, where ${value} is needed`)
}

/** Read before anything is set: even that would write into a newer version's file. */
export function versionOf(database: Database, path: string): number {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get()
  const version = row?.user_version ?? 0
  if (version <= migrations.length) return version
  throw new StoreProblem(
    `${path} was written by a newer waystation (schema ${version}, this one knows ` +
      `${migrations.length}): start that version again, nothing was changed`,
  )
}
