import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { existsSync, statfsSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NoSpace, Space } from "../../../src/store/disk/space.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

const mebibyte = 1024 ** 2
const modest = { ...storeDefaults, lowWater: mebibyte, reserve: mebibyte }
/** More than any disk has: as if this one were nearly full. */
const full = { ...modest, lowWater: 2 ** 60 }

function message(controlId: string) {
  const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, type: "ORU^R01" }
  return { ...about, controlId, subjects: ["CLINIC|P-1"], bytes: Buffer.from(controlId) }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

describe("a disk with less free space than is kept for deliveries", () => {
  test("takes nothing in, and says how much it has and keeps", async () => {
    const store = await storeIn(temporaryFolder(), full)
    const words = /^the disk has [\d.]+ MiB left, and 1099511627776\.\d MiB are kept free/
    expect(await store.refusal()).toMatch(words)
    await expect(store.append(message("A"))).rejects.toThrow(words)
    const malformed = { code: 100, location: "", reason: "no" } as const
    const refused = { ...message("B"), malformed }
    await expect(store.quarantine(refused)).rejects.toThrow(words)
    expect((await store.unfollowed(9)).messages).toBe(0)
    expect(await store.quarantined({ limit: 9, before: 9 })).toEqual([])
  })

  test("delivers and answers repeats, and takes the rest when it has space again", async () => {
    const folder = temporaryFolder()
    let store = await storeIn(folder, modest)
    await store.append(message("A"))
    await close(store)
    store = await storeIn(folder, full)
    expect(await store.append(message("A"))).toEqual({ id: 1, repeat: true })
    await expect(store.append(message("B"))).rejects.toThrow("MiB left")
    await followTo(store, "central")
    const options = { now: 1, patienceMs: 1, limit: 9, except: new Set<number>() }
    const [delivery] = await store.next("central", options)
    if (!delivery) throw new Error("nothing is due")
    const outcome = { outcome: "delivered", receipt: { status: 200 } } as const
    await store.settle(
      { ...delivery, messageId: 1 },
      { outcome, dueAt: 0, told: [], notes: [], at: 1 },
    )
    expect((await store.counts()).destinations.central).toMatchObject({ delivered: 1, pending: 0 })
    await close(store)
    store = await storeIn(folder, modest)
    expect(await store.refusal()).toBeUndefined()
    expect(await store.append(message("B"))).toEqual({ id: 2, repeat: false })
  })
})

describe("of the free space", () => {
  test("a message needs its share twice: in the log, and in the database", () => {
    const folder = temporaryFolder()
    const space = new Space(folder, modest)
    space.take(mebibyte)
    expect(() => space.take(freeBytes(folder) * 0.6)).toThrow(NoSpace)
    space.take(mebibyte)
  })

  test("what a message was given and did not use is there for the next one at once", () => {
    const folder = temporaryFolder()
    const space = new Space(folder, modest)
    for (let given = 0; given < 5; given++) space.take(freeBytes(folder) * 0.3)
  })

  test("some is kept for each delivery that is owed", () => {
    const folder = temporaryFolder()
    const space = new Space(folder, modest)
    let owed = 1000
    space.keepFor(() => owed)
    expect(space.refusal()).toBeUndefined()
    owed = (2 * freeBytes(folder)) / 1024
    expect(space.refusal()).toContain("MiB left")
  })

  test("what is said to be there is there for a message, however low the mark is set", () => {
    const folder = temporaryFolder()
    const lowWater = 8 * 1024
    const space = new Space(folder, { ...modest, lowWater })
    const says = (roomKiB: number) => {
      space.keepFor(() => (freeBytes(folder) - lowWater) / 1024 - roomKiB)
      return space.refusal() === undefined
    }
    expect(says(0)).toBe(false)
    for (const roomKiB of [2, 12, 20, 60]) {
      expect(says(roomKiB)).toBe(false)
      expect(() => space.take(750)).toThrow(NoSpace)
    }
    expect(says(70)).toBe(true)
    space.take(750)
  })

  test("as much is kept as the log will take when it is copied into the database", () => {
    const folder = temporaryFolder()
    const space = new Space(folder, modest)
    const log = join(folder, "waystation.db-wal")
    writeFileSync(log, "")
    expect(space.refusal()).toBeUndefined()
    // It has no blocks: free space stays as it is.
    truncateSync(log, 2 * freeBytes(folder))
    expect(space.refusal()).toContain("MiB left")
  })
})

describe("the reserve", () => {
  test("has all of its blocks, and is made again when it was given back", () => {
    const folder = temporaryFolder()
    const reserve = join(folder, "reserve")
    const space = new Space(folder, modest)
    expect(space.refusal()).toBeUndefined()
    expect(statSync(reserve).size).toBe(mebibyte)
    expect(statSync(reserve).blocks * 512).toBeGreaterThanOrEqual(mebibyte)
    space.giveBack()
    expect(existsSync(reserve)).toBe(false)
    space.refusal()
    expect(statSync(reserve).size).toBe(mebibyte)
  })

  test("is made anew when another size is set, since the log may grow with it", () => {
    const folder = temporaryFolder()
    new Space(folder, modest).refusal()
    for (const reserve of [2 * mebibyte, mebibyte / 2]) {
      new Space(folder, { ...modest, reserve }).refusal()
      expect(statSync(join(folder, "reserve")).size).toBe(reserve)
    }
  })

  test("is not made where it would take most of what is free", () => {
    const folder = temporaryFolder()
    const gibibyte = 1024 * mebibyte
    // Room for 1 GiB, so that a mistake here does not fill the disk of who runs this.
    const lowWater = Math.max(mebibyte, freeBytes(folder) - gibibyte)
    new Space(folder, { ...modest, lowWater, reserve: 0.9 * gibibyte }).refusal()
    expect(existsSync(join(folder, "reserve"))).toBe(false)
  })
})

test("nothing stands still on a nearly full disk while somebody reads the database", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder, full)
  const reader = new Database(join(folder, "waystation.db"), { readonly: true })
  reader.run("BEGIN")
  reader.query("SELECT count(*) FROM journal").get()
  await store.probe()
  const from = performance.now()
  await store.refusal()
  await expect(store.append(message("A"))).rejects.toThrow(NoSpace)
  expect(performance.now() - from).toBeLessThan(2_000)
  reader.close()
})
