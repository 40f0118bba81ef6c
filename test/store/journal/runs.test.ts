import type { Database } from "bun:sqlite"
import { afterEach, describe, expect, test } from "bun:test"
import { type Disk, openDisk } from "../../../src/store/disk/database.ts"
import { Space } from "../../../src/store/disk/space.ts"
import { type Kept, openKept, openRuns, readRuns } from "../../../src/store/journal/runs.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"
import { type Chance, chanceFrom, pick, seed } from "../../fuzz/chance.ts"

const open: Disk[] = []

afterEach(() => {
  for (const disk of open.splice(0)) disk.close()
})

function openDatabase(): Database {
  const folder = temporaryFolder()
  const disk = openDisk(folder, new Space(folder, storeDefaults))
  open.push(disk)
  return disk.database
}

function kept(id: number, receivedAt = id): Kept {
  const [control, digest] = [Buffer.alloc(8), Buffer.alloc(8)]
  control.writeUInt32LE(id)
  digest.writeUInt32LE(~id >>> 0)
  return { id, control, digest, receivedAt }
}

/** Batches as following makes them; here and there ids are missing, as after a purge. */
function batchesFrom(chance: Chance): Kept[][] {
  let id = 0
  return Array.from({ length: 120 }, () =>
    Array.from({ length: 1 + chance(pick(chance, [2, 40, 500])) }, () => {
      id += chance(50) === 0 ? 2 + chance(300) : 1
      return kept(id)
    }),
  )
}

/** What stands in the database, each message with its keys; they are read over one another. */
function idsIn(database: Database): number[] {
  return [...readRuns(database)].map(({ id, control, digest }) => {
    expect([control.readUInt32LE(), digest.readUInt32LE()]).toEqual([id, ~id >>> 0])
    return id
  })
}

function rowsIn(database: Database): number {
  return database.query<{ n: number }, []>("SELECT count(*) AS n FROM seen").get()?.n ?? 0
}

describe("the duplicate check on the disk", () => {
  test("gives back what was written in batches of any size, with gaps between", () => {
    console.log(`seed ${seed}`)
    const database = openDatabase()
    const batches = batchesFrom(chanceFrom(seed))
    const runs = openRuns(database)
    for (const batch of batches) runs.add(batch)
    expect(idsIn(database)).toEqual(batches.flat().map(({ id }) => id))
    // A message may be known for longer than its time says, never for less.
    for (const { id, receivedAt } of readRuns(database))
      expect(receivedAt).toBeGreaterThanOrEqual(id)
  })

  test("finds the keys of each message among them, and says when it has lost one", () => {
    console.log(`seed ${seed}`)
    const database = openDatabase()
    const runs = openRuns(database)
    const keptOf = openKept(database)
    const messages = batchesFrom(chanceFrom(seed)).flatMap((batch) => {
      runs.add(batch)
      return batch
    })
    for (const { id, control, digest } of messages) expect(keptOf(id)).toEqual({ control, digest })
    const last = messages.at(-1)?.id ?? 0
    expect(() => keptOf(last + 1)).toThrow(`has lost message ${last + 1}`)
    runs.forget(last)
    expect(() => keptOf(1)).toThrow("has lost message 1")
  })

  test("takes a row for many messages, also when they come one by one", () => {
    const database = openDatabase()
    const runs = openRuns(database)
    database.transaction(() => {
      for (let id = 1; id <= 1_280; id++) runs.add([kept(id)])
    })()
    expect(rowsIn(database)).toBe(10)
    expect(idsIn(database)).toHaveLength(1_280)
  })

  test("keeps of a run the latest time, wherever in it that stands", () => {
    const database = openDatabase()
    const runs = openRuns(database)
    runs.add([kept(1, 10), kept(2, 90), kept(3, 20)])
    runs.add([kept(4, 30)])
    expect(new Set([...readRuns(database)].map(({ receivedAt }) => receivedAt))).toEqual(
      new Set([90]),
    )
  })

  test("lets go of whole runs, and of nothing that came after what is forgotten", () => {
    console.log(`seed ${seed}`)
    const chance = chanceFrom(seed)
    const database = openDatabase()
    const runs = openRuns(database)
    let ids: number[] = []
    for (const batch of batchesFrom(chance)) {
      runs.add(batch)
      ids.push(...batch.map(({ id }) => id))
      if (chance(4) > 0) continue
      const forgotten = ids[chance(ids.length)] ?? 0
      runs.forget(forgotten)
      const left = idsIn(database)
      expect(left).toEqual(ids.slice(ids.length - left.length))
      expect(left.filter((id) => id > forgotten)).toEqual(ids.filter((id) => id > forgotten))
      // Only the run in which it ends stays.
      expect(left.filter((id) => id <= forgotten).length).toBeLessThan(128 + 500)
      ids = left
    }
    runs.forget(ids.at(-1) ?? 0)
    expect(rowsIn(database)).toBe(1)
  })

  test("goes on after everything was forgotten, and after a start", () => {
    const database = openDatabase()
    openRuns(database).add([kept(1), kept(2)])
    database.run("DELETE FROM seen")
    openRuns(database).add([kept(3)])
    openRuns(database).add([kept(4), kept(9)])
    expect(idsIn(database)).toEqual([3, 4, 9])
    expect(rowsIn(database)).toBe(2)
  })
})
