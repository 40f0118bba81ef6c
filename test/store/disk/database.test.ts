import { afterEach, describe, expect, test } from "bun:test"
import { type Disk, openDisk } from "../../../src/store/disk/database.ts"
import { Space } from "../../../src/store/disk/space.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"

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

describe("a commit", () => {
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
