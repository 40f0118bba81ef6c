import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import first from "../../../src/store/001-first.sql" with { type: "text" }
import { migrations } from "../../../src/store/disk/database.ts"
import { migrate } from "../../../src/store/disk/migrate.ts"
import { StoreProblem } from "../../../src/store/problem.ts"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

/** A data folder as the first schema left it: one message on its way, and the box's key. */
function olderFolder(): string {
  const folder = temporaryFolder()
  const database = new Database(join(folder, "waystation.db"), { create: true })
  database.run("PRAGMA auto_vacuum = INCREMENTAL")
  database.run("PRAGMA journal_mode = WAL")
  database.run(first)
  database.run("PRAGMA user_version = 1")
  database.run(
    `INSERT INTO journal VALUES (1, 'lab', '', 1, 'ORU^R01', 0, x'${"01".repeat(8)}',
     x'${"02".repeat(8)}', x'${"03".repeat(8)}', x'4D5348')`,
  )
  database.close()
  writeFileSync(join(folder, "box.key"), crypto.getRandomValues(new Uint8Array(32)))
  return folder
}

const copyIn = (folder: string) => join(folder, `waystation.db.before-${migrations.length}`)

function versionOf(path: string): number | undefined {
  const database = new Database(path, { readonly: true })
  const query = "SELECT user_version AS version, (SELECT count(*) FROM journal) AS messages"
  const row = database
    .query<{ version: number; messages: number }, []>(`${query} FROM pragma_user_version`)
    .get()
  database.close()
  expect(row?.messages).toBe(1)
  return row?.version
}

describe("a database of an older version", () => {
  test("is brought to the new schema with all that is in it, and copied before", async () => {
    const folder = olderFolder()
    const store = await storeIn(folder)
    expect((await store.unfollowed(9)).messages).toBe(1)
    await close(store)
    expect(versionOf(join(folder, "waystation.db"))).toBe(migrations.length)
    expect(versionOf(copyIn(folder))).toBe(1)
    expect(statSync(copyIn(folder)).mode & 0o777).toBe(0o600)
  })

  test("can be had back: the copy opens where the database lay", async () => {
    const folder = olderFolder()
    await close(await storeIn(folder))
    const path = join(folder, "waystation.db")
    rmSync(path)
    const database = new Database(copyIn(folder))
    database.run("VACUUM INTO ?", [path])
    database.close()
    expect((await (await storeIn(folder)).unfollowed(9)).messages).toBe(1)
  })

  test("is copied once, and an older copy and half of one are cleared away", async () => {
    const folder = olderFolder()
    writeFileSync(join(folder, "waystation.db.before-1"), "an older one")
    writeFileSync(`${copyIn(folder)}.part`, "half of one")
    await close(await storeIn(folder))
    const { mtimeMs } = statSync(copyIn(folder))
    await close(await storeIn(folder))
    expect(statSync(copyIn(folder)).mtimeMs).toBe(mtimeMs)
    const copies = readdirSync(folder).filter((name) => name.includes(".before-"))
    expect(copies).toEqual([`waystation.db.before-${migrations.length}`])
  })

  test("is left as it is where a new schema can't be applied", () => {
    const folder = olderFolder()
    const path = join(folder, "waystation.db")
    const database = new Database(path)
    const broken = [first, "CREATE TABLE fine (a)", "CREATE TABLE broken ("]
    expect(() => migrate(database, path, broken, 1)).toThrow()
    expect(database.query("SELECT name FROM sqlite_schema WHERE name = 'fine'").all()).toEqual([])
    database.close()
    expect(versionOf(path)).toBe(1)
  })

  test("is left as it is where the disk has no room for the copy, with what to do", () => {
    const folder = olderFolder()
    const path = join(folder, "waystation.db")
    const database = new Database(path)
    const { bavail, bsize } = statfsSync(folder)
    // As if the database were as large as all that is free.
    const vast = { query: () => ({ get: () => ({ bytes: bavail * bsize }) }) }
    const refused = () => migrate(vast as unknown as Database, path, [first, "", ""], 1)
    expect(refused).toThrow(StoreProblem)
    expect(refused).toThrow(/make \d+ MiB free on this disk/)
    database.close()
    expect(versionOf(path)).toBe(1)
    expect(existsSync(`${path}.before-3`)).toBe(false)
  })
})

test("a new database is made without a copy", async () => {
  const folder = temporaryFolder()
  await close(await storeIn(folder))
  expect(readdirSync(folder).filter((name) => name.includes(".before-"))).toEqual([])
})
