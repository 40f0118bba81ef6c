import { describe, expect, test } from "bun:test"
import { openFollowing } from "../../../src/follow.ts"
import { openDisk } from "../../../src/store/disk/database.ts"
import { Space } from "../../../src/store/disk/space.ts"
import type { Store } from "../../../src/store/index.ts"
import { openRuns } from "../../../src/store/journal/runs.ts"
import { Tail } from "../../../src/store/journal/tail.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

const day = 86_400_000
const settings = { ...storeDefaults, duplicateWindow: 30 * day }
/** The most that following may lag behind before senders wait for it. */
const lagMax = 20_000

function message(controlId: string, receivedAt: number, text = controlId) {
  const bytes = Buffer.from(text)
  const about = { source: "lab", peer: "10.0.0.7:4711", type: "ORU^R01", subjects: ["CLINIC|P-1"] }
  return { ...about, controlId, receivedAt, bytes }
}

/** Sends so many messages that nobody else sends, and follows them. */
async function pass(store: Store, name: string, count: number, receivedAt: number): Promise<void> {
  for (let sent = 0; sent < count; ) {
    const upTo = Math.min(count, sent + 10_000)
    const appended: Promise<unknown>[] = []
    for (; sent < upTo; sent++) appended.push(store.append(message(`${name}${sent}`, receivedAt)))
    await Promise.all(appended)
    await followTo(store)
  }
}

async function isKnown(store: Store, controlId: string, receivedAt: number): Promise<boolean> {
  return (await store.append(message(controlId, receivedAt))).repeat
}

describe("a message that comes again", () => {
  test("is known for the whole window, also after a restart, and no longer", async () => {
    const folder = temporaryFolder()
    let store = await storeIn(folder, settings)
    await pass(store, "A", 200_000, day)
    await pass(store, "B", 1, 31 * day)
    expect(await isKnown(store, "A0", 31 * day)).toBe(true)
    await close(store)
    store = await storeIn(folder, settings)
    await pass(store, "C", 1, 31 * day)
    expect(await isKnown(store, "A0", 31 * day)).toBe(true)
    await pass(store, "D", 1, 31 * day + 1)
    expect(await isKnown(store, "A0", 31 * day + 1)).toBe(false)
    expect(await isKnown(store, "A199999", 31 * day + 1)).toBe(true)
    await close(store)
    store = await storeIn(folder, settings)
    expect(await isKnown(store, "A1", 31 * day + 1)).toBe(false)
    expect(await isKnown(store, "A0", 31 * day + 1)).toBe(true)
    expect(await isKnown(store, "A199999", 31 * day + 1)).toBe(true)
  })

  test("is known while fewer than 65,536 came after it, though the clock jumps ahead", async () => {
    const store = await storeIn(temporaryFolder(), settings)
    await pass(store, "A", 190_000, day)
    await pass(store, "B", 1, 36_500 * day)
    expect(await isKnown(store, `A${190_000 - 65_000}`, 36_500 * day)).toBe(true)
  })

  test("is known after the clock was in 1970 for a while", async () => {
    const store = await storeIn(temporaryFolder(), settings)
    await pass(store, "A", 1, 20_000 * day)
    await pass(store, "B", 200_000, 1)
    await pass(store, "C", 1, 20_001 * day)
    expect(await isKnown(store, "A0", 20_001 * day)).toBe(true)
  })
})

test("a message is known wherever it is kept: in memory, and on the disk once followed", () => {
  const folder = temporaryFolder()
  const disk = openDisk(folder, new Space(folder, storeDefaults))
  const tail = new Tail(disk.database, 0, 30 * day)
  const runs = openRuns(disk.database)
  const about = { source: "lab", type: "ORU^R01", receivedAt: 1, reused: false, urgent: false }
  const keyOf = (id: number) => Buffer.from(`${id}`.padStart(8, "0"))
  // After a restore ids may be missing; the last one is the first of the next piece.
  const ids = [1, 2, 5, 9, 130_000, 131_072]
  const entries = ids.map((id) => {
    return { id, ...about, control: keyOf(id), digest: keyOf(id + 1), subjects: keyOf(0) }
  })
  for (const entry of entries) tail.push(entry)
  for (let followed = 0; ; followed += 2) {
    for (const id of ids) {
      expect(tail.seen.latest(keyOf(id))).toEqual({ id, digest: keyOf(id + 1) })
    }
    if (followed === ids.length) break
    runs.add(entries.slice(followed, followed + 2))
    expect(tail.followed(2)).toBeUndefined()
  }
  disk.close()
})

describe("when following lags far behind", () => {
  test("those who sent last wait for their answers until it has come closer", async () => {
    const store = await storeIn(temporaryFolder(), settings)
    let answered = 0
    const sent = Array.from({ length: lagMax + 50 }, async (_, number) => {
      await store.append(message(`A${number}`, day))
      answered++
    })
    await sent[0]
    await new Promise(setImmediate)
    expect(answered).toBe(lagMax)
    // What waits is on disk: a repeat of it need not wait.
    expect(await isKnown(store, `A${lagMax + 1}`, day)).toBe(true)
    const next = await store.unfollowed(49)
    await store.follow(
      next,
      next.kinds.map((kind) => ({ ...kind, destinations: [] })),
    )
    await new Promise(setImmediate)
    expect(answered).toBe(lagMax)
    // Another message under the control id of one that goes on now, and that other one again.
    const other = message(`A${lagMax + 1}`, day, "other")
    const first = store.append(other)
    await followTo(store)
    const second = store.append(other)
    await Promise.all(sent)
    expect(answered).toBe(lagMax + 50)
    const id = lagMax + 51
    expect([await first, await second]).toEqual([
      { id, repeat: false },
      { id, repeat: true },
    ])
  })

  test("a batch of more messages than that is answered soon: what is stored wakes it", async () => {
    const store = await storeIn(temporaryFolder(), settings)
    const log = () => {}
    const following = openFollowing({ store, owed: () => [], log, onFollowed: () => {} })
    following.start()
    await new Promise(setImmediate)
    const sent = Array.from({ length: lagMax + 50 }, async (_, number) => {
      await store.append(message(`A${number}`, day))
      following.wake()
    })
    await Promise.all(sent)
    await following.close()
  })

  test("no message is followed twice or left out while others come", async () => {
    const store = await storeIn(temporaryFolder(), settings)
    await Promise.all(["A", "B", "C"].map((id) => store.append(message(id, day))))
    const two = await store.unfollowed(2)
    expect(two).toMatchObject({ messages: 2, upTo: 2 })
    await store.append(message("D", day))
    await store.follow(
      two,
      two.kinds.map((kind) => ({ ...kind, destinations: ["central"] })),
    )
    expect(await store.unfollowed(9)).toMatchObject({ messages: 2, upTo: 4 })
    await followTo(store, "central")
    expect(await store.unfollowed(9)).toMatchObject({ messages: 0 })
    const { destinations, sources } = await store.counts()
    expect(destinations.central?.pending).toBe(4)
    expect(sources.lab?.stored).toBe(4)
  })
})
