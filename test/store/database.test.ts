import { afterEach, describe, expect, test } from "bun:test"
import { type Disk, openDisk } from "../../src/store/database.ts"
import { storeDefaults } from "../../src/store/settings.ts"
import { Space } from "../../src/store/space.ts"
import { temporaryFolder } from "../build.ts"

const open: Disk[] = []

afterEach(() => {
  for (const disk of open.splice(0)) disk.close()
})

function diskOfThisTest(): Disk {
  const folder = temporaryFolder()
  const disk = openDisk(folder, new Space(folder, storeDefaults))
  open.push(disk)
  return disk
}

/** Writes a row, and then perhaps fails. */
function write({ database }: Disk, name: string, failure?: Error): void {
  database.run("INSERT INTO source_tally VALUES (?, 1, 0, 1)", [name])
  if (failure) throw failure
}

function rowsIn({ database }: Disk): number {
  const query = "SELECT count(*) AS n FROM source_tally"
  return database.query<{ n: number }, []>(query).get()?.n ?? 0
}

function levelOf({ database }: Disk): unknown {
  const reading = database.prepare<{ synchronous: number }, []>("PRAGMA synchronous")
  const level = reading.get()?.synchronous
  reading.finalize()
  return level
}

describe("a commit", () => {
  test("that is waited for is fsynced, whatever was written before it; others are not", () => {
    const disk = diskOfThisTest()
    const level = (name: string) => () => {
      write(disk, name)
      return levelOf(disk)
    }
    const fails = () => write(disk, "X", new Error("a bug"))
    const [full, normal] = [2, 1]
    for (const name of ["A", "B"]) expect(disk.durably(level(name))).toBe(full)
    for (const name of ["C", "D"]) expect(disk.lazily(level(name))).toBe(normal)
    expect(() => disk.lazily(fails)).toThrow("a bug")
    expect(disk.durably(level("E"))).toBe(full)
    expect(() => disk.durably(fails)).toThrow("a bug")
    expect(disk.lazily(level("F"))).toBe(normal)
    expect(disk.durably(level("G"))).toBe(full)
  })

  test("that fails leaves nothing of itself behind", () => {
    const disk = diskOfThisTest()
    const fails = () => write(disk, "A", new Error("a bug"))
    expect(() => disk.durably(fails)).toThrow("a bug")
    expect(() => disk.lazily(fails)).toThrow("a bug")
    expect(rowsIn(disk)).toBe(0)
  })

  test("inside another one is refused, and takes that one with it", () => {
    const disk = diskOfThisTest()
    const nested = () => {
      write(disk, "A")
      disk.durably(() => write(disk, "B"))
    }
    expect(() => disk.durably(nested)).toThrow("a commit inside another one")
    expect(() => disk.lazily(nested)).toThrow("a commit inside another one")
    expect(rowsIn(disk)).toBe(0)
    disk.durably(() => write(disk, "C"))
    expect(rowsIn(disk)).toBe(1)
  })
})
