import { expect, test } from "bun:test"
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { openStore } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { held, settleAll, start, takeInFor } from "../store/aged.ts"
import { waystation } from "./waystation.ts"

/** A data folder of 300 messages, one held, and a backup of it. */
async function folderAndBackup() {
  const folder = temporaryFolder()
  const backup = join(temporaryFolder(), "backup.tar")
  const store = await openStore(folder)
  await takeInFor(store, 1, "central")
  await settleAll(store, "central", held)
  await takeInFor(store, 299, "central")
  const made = await store.backup(start)
  if ("problem" in made) throw new Error(made.problem)
  await Bun.write(backup, new Response(made.stream))
  await store.close()
  return { folder, backup }
}

/** Writes zeros over the page in the middle of a file. */
function damage(path: string): void {
  const file = openSync(path, "r+")
  const middle = 4_096 * Math.floor(statSync(path).size / 8_192)
  writeSync(file, Buffer.alloc(4_096), 0, 4_096, middle)
  closeSync(file)
}

test("a data folder and a backup that are whole are said to be, with what they hold", async () => {
  const { folder, backup } = await folderAndBackup()
  expect(await waystation(["verify", folder])).toEqual({
    code: 0,
    stdout: `${folder} is whole: 300 messages, 299 deliveries pending, 1 held\n`,
    stderr: "",
  })
  const { code, stdout } = await waystation(["verify", backup])
  expect([code, stdout]).toEqual([
    0,
    `${backup} is whole: a backup as of 2026-04-15T00:00:00.000Z\n`,
  ])
})

test("damage in the middle of either is found, and said with what to do", async () => {
  const { folder, backup } = await folderAndBackup()
  damage(backup)
  damage(join(folder, "waystation.db"))
  const { code, stderr } = await waystation(["verify", backup])
  expect([code, stderr]).toEqual([1, expect.stringContaining("take another one")])
  const found = await waystation(["verify", folder])
  expect([found.code, found.stderr]).toEqual([1, expect.stringContaining("restore a backup")])
})

test("a folder whose key is gone, or that holds no data, is said to be so", async () => {
  const { folder } = await folderAndBackup()
  rmSync(join(folder, "box.key"))
  const keyless = await waystation(["verify", folder])
  expect([keyless.code, keyless.stderr]).toEqual([1, expect.stringContaining("box.key is missing")])
  const empty = await waystation(["verify", temporaryFolder()])
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining("there is no")])
  expect((await waystation(["verify"])).code).toBe(64)
  const gone = await waystation(["verify", "gone.tar"])
  const says = "there is no gone.tar; name a data folder, or a backup's file"
  expect([gone.code, gone.stderr]).toEqual([1, `waystation verify: ${says}\n`])
})

test("a folder in use is left alone", async () => {
  const { folder } = await folderAndBackup()
  const before = readFileSync(join(folder, "waystation.db"))
  const store = await openStore(folder)
  const { code, stderr } = await waystation(["verify", folder])
  expect([code, stderr]).toEqual([1, expect.stringContaining("in use")])
  await store.close()
  expect(readFileSync(join(folder, "waystation.db")).length).toBe(before.length)
})
