import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { headerOf, membersOf, paddingOf } from "../../../src/store/backup/archive.ts"
import { restoreBackup, verifyBackup } from "../../../src/store/backup/restore.ts"
import { migrations } from "../../../src/store/disk/database.ts"
import { openStore, type Store, StoreProblem } from "../../../src/store/index.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"
import { delivered, kept, rows, settleAll, start, takeIn, takeInFor } from "../aged.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()
const mebibyte = 1024 ** 2

/** Makes a backup and writes it to a file. */
async function backUp(store: Store, path = join(temporaryFolder(), "backup.tar")): Promise<string> {
  const made = await store.backup(start)
  if ("problem" in made) throw new Error(made.problem)
  expect(await Bun.write(path, new Response(made.stream))).toBe(made.size)
  return path
}

/** A backup of three messages, of which one was delivered. */
async function threeMessages(): Promise<{ path: string; epoch: string }> {
  const store = await storeIn(temporaryFolder())
  await takeInFor(store, 1, "central")
  await settleAll(store, "central", delivered)
  await takeInFor(store, 1, "central")
  await takeIn(store, 1)
  const path = await backUp(store)
  await close(store)
  return { path, epoch: store.epoch }
}

describe("a backup", () => {
  test("holds all that was acknowledged before it, however much comes meanwhile", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeIn(store, 3_000)
    let more = 0
    let done = false
    const load = (async () => {
      while (!done) more += (await takeIn(store, 5)).length
    })()
    const path = await backUp(store)
    done = true
    await load
    const copy = temporaryFolder()
    const { messages } = restoreBackup(path, copy, start)
    expect(messages).toBeGreaterThanOrEqual(3_000)
    expect(messages).toBeLessThanOrEqual(3_000 + more)
    const all = "SELECT id, hex(bytes) AS bytes FROM journal WHERE id <= 3000"
    expect(rows(copy, all)).toEqual(rows(folder, all))
  })

  test("is a tar archive that any other program can open", async () => {
    const { path } = await threeMessages()
    const { stdout } = Bun.spawnSync(["tar", "tvf", path])
    const names = ["manifest.json", "box.key", "waystation.db"]
    const lines = stdout.toString().trim().split("\n")
    expect(lines.map((line) => line.split(" ").at(-1))).toEqual(names)
    expect(lines.every((line) => line.startsWith("-rw------- "))).toBe(true)
  })

  test("leaves nothing behind in the data folder, read to its end or not", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "backup.part"), "what a crash left")
    const store = await storeIn(folder)
    await takeIn(store, 1_000)
    const names = () => readdirSync(folder).filter((name) => !name.startsWith("waystation.db-"))
    const before = names()
    expect(before).not.toContain("backup.part")
    const made = await store.backup(start)
    if ("problem" in made) throw new Error(made.problem)
    expect(await store.backup(start)).toEqual({ problem: expect.stringContaining("wait until") })
    await made.stream.cancel()
    await backUp(store)
    expect(names()).toEqual(before)
  })

  test("is not begun where the disk has no room for the copy, and says so", async () => {
    const store = await storeIn(temporaryFolder(), { ...storeDefaults, lowWater: 2 ** 60 })
    expect(await store.backup(start)).toEqual({ problem: expect.stringContaining("no room") })
    expect(await store.backup(start)).toEqual({ problem: expect.stringContaining("no room") })
  })

  test("lets the log grow no further than before once it is done", async () => {
    const folder = temporaryFolder()
    const settings = { ...storeDefaults, lowWater: mebibyte, reserve: mebibyte }
    const store = await storeIn(folder, settings)
    await takeIn(store, 500)
    const reader = new Database(join(folder, "waystation.db"), { readonly: true })
    reader.run("BEGIN")
    reader.query("SELECT count(*) FROM journal").get()
    for (let round = 0; round < 4; round++) await takeIn(store, 500)
    const log = () => statSync(join(folder, "waystation.db-wal")).size
    expect(log()).toBeGreaterThan(mebibyte)
    reader.close()
    await takeIn(store, 500)
    await takeIn(store, 1)
    expect(log()).toBeLessThanOrEqual(mebibyte)
  })
})

describe("a restored backup", () => {
  test("goes on where it was made, as another box with every destination paused", async () => {
    const { path, epoch } = await threeMessages()
    const folder = join(temporaryFolder(), "new", "data")
    const restored = restoreBackup(path, folder, start)
    expect(restored).toEqual({
      madeAt: new Date(start).toISOString(),
      messages: 3,
      destinations: { central: 1 },
    })
    expect(statSync(join(folder, "waystation.db")).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, "box.key")).mode & 0o777).toBe(0o600)
    expect(rows(folder, "SELECT name, paused_by FROM destination")).toEqual([
      { name: "central", paused_by: "restore" },
    ])
    const store = await storeIn(folder)
    expect(store.epoch).not.toBe(epoch)
    expect((await store.unfollowed(9)).messages).toBe(1)
    await followTo(store, "central")
    const options = { now: start, patienceMs: 1, limit: 9, except: new Set<number>() }
    expect((await store.next("central", options)).map(({ id }) => id)).toEqual([2, 3])
    expect(await takeIn(store, 1)).toEqual([4])
  })

  test("knows a repeat of what it had", async () => {
    const store = await storeIn(temporaryFolder())
    const about = { source: "lab", peer: "", receivedAt: start, type: "ADT^A08", subjects: ["P"] }
    const message = { ...about, controlId: "A", bytes: Buffer.from("A") }
    await store.append(message)
    const path = await backUp(store)
    const folder = temporaryFolder()
    restoreBackup(path, folder, start)
    expect(await (await storeIn(folder)).append(message)).toEqual({ id: 1, repeat: true })
  })

  test("pauses what the configuration names, also before it was ever owed anything", async () => {
    const store = await storeIn(temporaryFolder())
    await store.remember("config", JSON.stringify({ destination: { register: {} } }))
    const path = await backUp(store)
    expect(restoreBackup(path, temporaryFolder(), start).destinations).toEqual({ register: 0 })
  })
})

describe("restore refuses, and changes nothing", () => {
  test("a data folder that holds anything", async () => {
    const { path } = await threeMessages()
    const folder = temporaryFolder()
    writeFileSync(join(folder, "notes.txt"), "mine")
    expect(() => restoreBackup(path, folder, start)).toThrow(/not empty \(notes.txt\)/)
    expect(readdirSync(folder)).toEqual(["notes.txt"])
  })

  test("one that is in use, and one that was", async () => {
    const { path } = await threeMessages()
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeIn(store, 1)
    expect(() => restoreBackup(path, folder, start)).toThrow("is in use by another waystation")
    await close(store)
    expect(() => restoreBackup(path, folder, start)).toThrow("is not empty")
    expect(kept(folder)).toEqual([1])
  })

  test("a backup with a byte changed here or there, or cut short", async () => {
    const { path } = await threeMessages()
    const folder = temporaryFolder()
    const whole = readFileSync(path)
    const damaged = join(temporaryFolder(), "damaged.tar")
    const refused = () => {
      expect(() => restoreBackup(damaged, folder, start)).toThrow(StoreProblem)
      expect(() => verifyBackup(damaged)).toThrow(/no whole backup/)
    }
    for (let at = 10; at < whole.length - 1_024; at += 1_999) {
      const padding = whole.subarray(at, at + 8).every((byte) => byte === 0)
      if (padding && at < 4_096) continue
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      writeFileSync(damaged, changed)
      refused()
    }
    for (const size of [0, 1, 511, 512, 5_000, whole.length - 1_024, whole.length - 4_096]) {
      copyFileSync(path, damaged)
      truncateSync(damaged, size)
      refused()
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test("a file that is not there, and one that is no backup", () => {
    const folder = temporaryFolder()
    const gone = "gone.tar can't be read: there is no such file; name a file that backup made"
    expect(() => restoreBackup(join(folder, "gone.tar"), folder, start)).toThrow(gone)
    expect(() => restoreBackup(folder, join(folder, "data"), start)).toThrow(
      `${folder} is a folder; name a file that backup made`,
    )
    expect(() => verifyBackup(import.meta.path)).toThrow("no whole backup")
  })

  test("a backup of a newer version", async () => {
    const { path } = await threeMessages()
    const changed = readFileSync(path)
    const text = `"schema": ${migrations.length}`
    changed.write(`"schema": 9`, changed.indexOf(text))
    const newer = join(temporaryFolder(), "newer.tar")
    writeFileSync(newer, changed)
    const folder = temporaryFolder()
    expect(() => restoreBackup(newer, folder, start)).toThrow("made by a newer waystation")
    expect(readdirSync(folder)).toEqual([])
  })
})

test("a restore that was cut off half way can be made again", async () => {
  const { path } = await threeMessages()
  const folder = temporaryFolder()
  mkdirSync(join(folder, "restoring"))
  writeFileSync(join(folder, "restoring", "waystation.db"), "half of it")
  expect(restoreBackup(path, folder, start).messages).toBe(3)
  expect(existsSync(join(folder, "restoring"))).toBe(false)
  await (await openStore(folder)).close()
})

test("a file of more than 8 GiB keeps its size in the archive", () => {
  const size = 9 * 1024 ** 3
  const path = join(temporaryFolder(), "large.tar")
  // A file with a hole where its content would be.
  const end = 512 + size + paddingOf(size).length
  writeFileSync(path, headerOf("large", size))
  truncateSync(path, end + 1_024)
  expect(membersOf(openSync(path, "r"))).toEqual(new Map([["large", { offset: 512, size }]]))
})
