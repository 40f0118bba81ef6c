import type { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { type Disk, openDisk } from "../../../src/store/disk/database.ts"
import { Space } from "../../../src/store/disk/space.ts"
import { openStore } from "../../../src/store/index.ts"
import { openFollow, readMark } from "../../../src/store/journal/follow.ts"
import { Journal } from "../../../src/store/journal/journal.ts"
import { openKeys } from "../../../src/store/journal/keys.ts"
import { readRuns } from "../../../src/store/journal/runs.ts"
import { Tail } from "../../../src/store/journal/tail.ts"
import { Lanes } from "../../../src/store/lanes/lanes.ts"
import { openOrder } from "../../../src/store/lanes/order.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"

function message(controlId: string, text: string) {
  const bytes = Buffer.from(text)
  const subjects = ["CLINIC|P-1"]
  return { source: "lab", peer: "", receivedAt: 1, type: "ORU^R01", controlId, subjects, bytes }
}

function journalOn(disk: Disk, folder: string, used = false): Journal {
  return new Journal(
    disk,
    openKeys(folder, used),
    new Tail(disk.database, 0, 1_000),
    new Space(folder, storeDefaults),
  )
}

describe("a disk that was full", () => {
  test("takes each of two messages that it refused together, when they come again", async () => {
    const folder = temporaryFolder()
    const disk = openDisk(folder, new Space(folder, storeDefaults))
    const journal = journalOn(disk, folder)
    disk.database.run("PRAGMA max_page_count = 1")
    const large = "x".repeat(200_000)
    const both = [message("1", `first${large}`), message("1", `second${large}`)]
    const refused = await Promise.allSettled(both.map((one) => journal.append(one)))
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"])
    disk.database.run("PRAGMA max_page_count = 1000000")
    for (const one of both) expect(await journal.append(one)).toMatchObject({ repeat: false })
    disk.close()
  })

  test("makes following wait, which then does all of it, and senders go on", async () => {
    const folder = temporaryFolder()
    const space = new Space(folder, storeDefaults)
    const disk = openDisk(folder, space)
    const { database } = disk
    const tail = new Tail(database, 0, 1_000)
    const journal = new Journal(disk, openKeys(folder, false), tail, space)
    const lanes = new Lanes(disk)
    const order = openOrder(database, lanes)
    const { unfollowed, follow } = openFollow({ disk, tail, lanes }, order)
    await Promise.all(Array.from({ length: 300 }, (_, id) => journal.append(message(`${id}`, "x"))))
    const owed = [{ source: "lab", type: "ORU^R01", destinations: ["central"] }]
    const { page_count: pages } = only(database, "PRAGMA page_count")
    database.run(`PRAGMA max_page_count = ${pages}`)
    const room = tail.room()
    expect(() => follow(unfollowed(300), owed)).toThrow("full")
    await room
    expect(only(database, "SELECT count(*) AS n FROM delivery")).toEqual({ n: 0 })
    expect(readMark(database)).toBe(0)
    database.run("PRAGMA max_page_count = 1000000")
    follow(unfollowed(300), owed)
    const delivered = "SELECT count(DISTINCT message_id) AS messages, count(*) AS n FROM delivery"
    expect(only(database, delivered)).toEqual({ messages: 300, n: 300 })
    expect(only(database, "SELECT stored AS n FROM source_tally")).toEqual({ n: 300 })
    expect(readMark(database)).toBe(300)
    expect([...readRuns(database)].map(({ id }) => id)).toEqual(upTo(300))
    disk.close()
  })
})

function only(database: Database, query: string): Record<string, number> {
  return database.query<Record<string, number>, []>(query).get() ?? {}
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

test("input that is never a message does not let the write-ahead log grow for ever", async () => {
  const folder = temporaryFolder()
  const store = await openStore(folder)
  const malformed = { code: 100, location: "", reason: "no" } as const
  const bytes = new Uint8Array(65_536)
  for (let sent = 0; sent < 2000; sent += 100) {
    const refused = { source: "lab", peer: "", receivedAt: 1, malformed, bytes }
    await Promise.all(Array.from({ length: 100 }, () => store.quarantine(refused)))
  }
  expect(statSync(join(folder, "waystation.db-wal")).size).toBeLessThan(80 * 1024 * 1024)
  await store.close()
})

test("a message whose number was refused to another is known again after a crash", async () => {
  const folder = temporaryFolder()
  const before = openDisk(folder, new Space(folder, storeDefaults))
  const journal = journalOn(before, folder)
  await journal.append(message("1", "first"))
  await journal.append(message("2", "next"))
  const { page_count: pages } = before.database
    .query<{ page_count: number }, []>("PRAGMA page_count")
    .get() ?? { page_count: 0 }
  before.database.run(`PRAGMA max_page_count = ${pages}`)
  const refused = journal.append(message("1", "x".repeat(2_000_000))).catch(() => "refused")
  expect(await refused).toBe("refused")
  expect(await journal.append(message("1", "first"))).toEqual({ id: 1, repeat: true })
  before.close()
  const after = openDisk(folder, new Space(folder, storeDefaults))
  const again = journalOn(after, folder, true)
  expect(await again.append(message("1", "first"))).toEqual({ id: 1, repeat: true })
  after.close()
})
