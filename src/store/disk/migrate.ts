import type { Database } from "bun:sqlite"
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { StoreProblem } from "../problem.ts"
import { freeBytes } from "./space.ts"

/** What is left free beside the copy: for the log, and for the file system itself. */
const spareBytes = 16 * 1024 ** 2

/**
 * Brings the database at `path` from schema `version` to the last of `migrations`, all of it or
 * nothing. One that holds something is copied first, so that the version that wrote it can have it
 * back. Throws StoreProblem where there is no room for the copy.
 */
export function migrate(
  database: Database,
  path: string,
  migrations: readonly string[],
  version: number,
): void {
  if (version === migrations.length) return
  if (version > 0) keepCopy(database, path, `${path}.before-${migrations.length}`)
  database.transaction(() => {
    for (const sql of migrations.slice(version)) database.run(sql)
    database.run(`PRAGMA user_version = ${migrations.length}`)
  })()
}

/** How many bytes a copy of the database takes, without the pages that are free. */
export function sizeOf(database: Database): number {
  const query = `SELECT (page_count - freelist_count) * page_size AS bytes
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size`
  return database.query<{ bytes: number }, []>(query).get()?.bytes ?? 0
}

/** Makes an empty file that only this user may read; SQLite would let others read its copy. */
export function makePrivate(path: string): void {
  rmSync(path, { force: true })
  closeSync(openSync(path, "wx", 0o600))
}

/** Under its last name only once it is whole, and until the next schema takes its place. */
function keepCopy(database: Database, path: string, copy: string): void {
  const folder = dirname(path)
  const needed = sizeOf(database) + spareBytes
  if (freeBytes(folder) < needed) {
    throw new StoreProblem(
      `${path} must be brought to a new schema, and there is no room for the copy that is kept ` +
        `of it: make ${Math.ceil(needed / 1024 ** 2)} MiB free on this disk (older copies are ` +
        `${path}.before-N), or start the version that ran before; nothing was changed`,
    )
  }
  const part = `${copy}.part`
  makePrivate(part)
  database.run("VACUUM INTO ?", [part])
  flush(part)
  renameSync(part, copy)
  flush(folder)
  const older = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.before-`))
  for (const name of older) if (name !== basename(copy)) rmSync(join(folder, name))
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function flush(path: string): void {
  const file = openSync(path, "r")
  fsyncSync(file)
  closeSync(file)
}
