import { type Database, SQLiteError } from "bun:sqlite"
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { writeSecret } from "../../secret.ts"
import { unreadable } from "../../unreadable.ts"
import { databaseName, migrations, openDisk } from "../disk/database.ts"
import { lockFolder, lockName } from "../disk/lock.ts"
import { flush, makePrivate } from "../disk/migrate.ts"
import { keyName } from "../journal/keys.ts"
import { explain, StoreProblem } from "../problem.ts"
import { digestOf, type Member, membersOf, piecesOf } from "./archive.ts"
import { backupNames, type Manifest, manifestSchema } from "./manifest.ts"
import { wholeOrThrow } from "./verify.ts"

/** What was put back, for the person who did it. */
export interface Restored {
  /** ISO 8601: what came in or was delivered after it is not in there. */
  madeAt: string
  messages: number
  /** The destinations, which are paused, and how many deliveries each is still owed. */
  destinations: Record<string, number>
}

/** What a backup says of itself; throws StoreProblem where it is none, or not what it was. */
export function verifyBackup(path: string): Manifest {
  return withBackup(path, ({ manifest }) => manifest)
}

/**
 * Puts a backup into the data folder `folder`, which must be empty or not there. It is another
 * box's life from then on: its deliveries go under keys of their own, and every destination is
 * paused until somebody has thought about what may be sent again. `now` in ms since 1970. Throws
 * StoreProblem with nothing restored.
 */
export function restoreBackup(path: string, folder: string, now: number): Restored {
  return withBackup(path, (backup) => {
    refuseUsed(folder)
    const lock = lockFolder(folder)
    const work = join(folder, workName)
    try {
      rmSync(work, { recursive: true, force: true })
      mkdirSync(work, { mode: 0o700 })
      const restored = unpack(backup, work, now)
      const key = Buffer.concat([...piecesOf(backup.file, backup.key)])
      writeSecret(folder, keyName, key)
      // Last: a folder without a database is one that nothing was restored to.
      renameSync(join(work, databaseName), join(folder, databaseName))
      flush(folder)
      return restored
    } catch (error) {
      throw error instanceof SQLiteError ? explain(error, path) : error
    } finally {
      rmSync(work, { recursive: true, force: true })
      lock.close()
    }
  })
}

/** Where it is put together, in the data folder: what a crash leaves of it is thrown away. */
const workName = "restoring"

interface Opened {
  file: number
  manifest: Manifest
  database: Member
  key: Member
}

/** Opens a backup and sees that each file in it is what it was. */
function withBackup<T>(path: string, use: (opened: Opened) => T): T {
  const file = open(path)
  try {
    const members = membersOf(file)
    const damaged = (what: string) =>
      new StoreProblem(`${path} is no whole backup: ${what}; take another one`)
    if (!members) throw damaged("it is no archive, or ends too early")
    const manifest = manifestIn(file, members.get(backupNames.manifest))
    const database = members.get(backupNames.database)
    const key = members.get(backupNames.key)
    if (!manifest || !database || !key) throw damaged("a file is missing in it")
    for (const [name, member] of [
      [backupNames.database, database],
      [backupNames.key, key],
    ] as const) {
      if (digestOf(file, member) !== manifest.sha256[name]) throw damaged(`${name} was changed`)
    }
    if (manifest.schema > migrations.length) {
      throw new StoreProblem(
        `${path} was made by a newer waystation (schema ${manifest.schema}, this one knows ` +
          `${migrations.length}): restore it with that version`,
      )
    }
    return use({ file, manifest, database, key })
  } finally {
    closeSync(file)
  }
}

function open(path: string): number {
  try {
    if (!statSync(path).isDirectory()) return openSync(path, "r")
  } catch (error) {
    throw new StoreProblem(`${unreadable(path, error)}; name a file that backup made`)
  }
  throw new StoreProblem(`${path} is a folder; name a file that backup made`)
}

/** No manifest is anywhere near as large. */
const manifestBytesMax = 65_536

function manifestIn(file: number, member: Member | undefined): Manifest | undefined {
  if (!member || member.size > manifestBytesMax) return undefined
  const text = Buffer.concat([...piecesOf(file, member)]).toString("utf8")
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestSchema), text)
  return parsed.success ? parsed.output : undefined
}

/** Whatever lies there may be somebody's only copy. */
function refuseUsed(folder: string): void {
  let found: string[]
  try {
    found = readdirSync(folder)
  } catch {
    return
  }
  // One that is in use is told apart from one that only holds something.
  if (found.includes(lockName)) lockFolder(folder).close()
  const own = [lockName, workName]
  const others = found.filter((name) => !own.some((ours) => name.startsWith(ours)))
  if (others.length === 0) return
  throw new StoreProblem(
    `the data folder ${folder} is not empty (${others.slice(0, 3).join(", ")}): nothing is ever ` +
      "overwritten; move what is there away, or give --data another folder",
  )
}

function unpack({ file, manifest, database: member }: Opened, work: string, now: number): Restored {
  const path = join(work, databaseName)
  makePrivate(path)
  const copy = openSync(path, "w")
  try {
    for (const piece of piecesOf(file, member)) writeSync(copy, piece)
    fsyncSync(copy)
  } catch (error) {
    throw new StoreProblem(`${path} can't be written: ${(error as Error).message}`)
  } finally {
    closeSync(copy)
  }
  const disk = openDisk(work, { giveBack: () => {}, logBytes: 4 * 1024 ** 2 })
  try {
    wholeOrThrow(disk.database, path)
    const restored = begin(disk.database, manifest.madeAt, now)
    disk.giveBackWal()
    return restored
  } finally {
    disk.close()
  }
}

/** Makes the copy another box's beginning, and says what is in it. */
function begin(database: Database, madeAt: string, now: number): Restored {
  const reason =
    `restored from the backup of ${madeAt}: what was delivered after that may be sent again, and ` +
    "what came in after it is not here; resume when that is all right"
  const destinations: Record<string, number> = {}
  const owed = database.query<{ destination: string; pending: number }, []>(
    `SELECT destination, sum(CASE WHEN state = 'pending' THEN deliveries ELSE 0 END) AS pending
     FROM delivery_tally GROUP BY destination`,
  )
  for (const { destination, pending } of owed.all()) destinations[destination] = pending
  const config = database.query<{ value: string }, []>(
    "SELECT value FROM box WHERE name = 'config'",
  )
  const { destination = {} } = JSON.parse(config.get()?.value ?? "{}") as { destination?: object }
  for (const name of Object.keys(destination)) destinations[name] ??= 0
  const pause = database.query<unknown, [string, number, string]>(
    `INSERT INTO destination (name, paused_at, paused_by, paused_reason)
     VALUES (?1, ?2, 'restore', ?3) ON CONFLICT DO UPDATE
     SET paused_at = ?2, paused_by = 'restore', paused_reason = ?3`,
  )
  const epoch = database.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('epoch', ?)")
  const count = database.query<{ messages: number }, []>("SELECT count(*) AS messages FROM journal")
  database.transaction(() => {
    for (const name of Object.keys(destinations)) pause.run(name, now, reason)
    epoch.run(crypto.randomUUID())
  })()
  return { madeAt, messages: count.get()?.messages ?? 0, destinations }
}
