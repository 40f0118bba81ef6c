import { describe, expect, test } from "bun:test"
import { temporaryFolder } from "../../build.ts"
import {
  delivered,
  held,
  kept,
  note,
  purge,
  retention,
  rows,
  settleAll,
  start,
  takeIn,
  takeInFor,
} from "../aged.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

describe("a delivered message", () => {
  test("is purged when its retention is over, and not before", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeInFor(store, 2, "central")
    await settleAll(store, "central", delivered)
    await note(store, 0)
    await takeInFor(store, 1, "central")
    await settleAll(store, "central", delivered)
    await note(store, 1)
    expect(await purge(store, 29.9)).toMatchObject({ messages: 0 })
    expect(await purge(store, 30)).toMatchObject({ messages: 2 })
    expect(kept(folder)).toEqual([3])
    expect(await purge(store, 31)).toMatchObject({ messages: 1 })
    expect(rows(folder, "SELECT * FROM delivery")).toEqual([])
    expect((await store.counts()).destinations.central?.delivered).toBe(3)
  })

  test("is kept from its delivery on, however long ago it came", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeInFor(store, 1, "central")
    await note(store, 0)
    await note(store, 80)
    await settleAll(store, "central", delivered)
    await note(store, 81)
    await purge(store, 110)
    expect(kept(folder)).toEqual([1])
    await purge(store, 111)
    expect(kept(folder)).toEqual([])
  })

  test("leaves a line behind: what it was and what became of it, no content", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeInFor(store, 1, "central", "register")
    await settleAll(store, "central", delivered)
    await settleAll(store, "register", delivered)
    await note(store, 0)
    await purge(store, 30)
    const [entry, ...more] = rows<Record<string, unknown>>(folder, "SELECT * FROM trail")
    expect(more).toEqual([])
    expect(entry).toMatchObject({ message_id: 1, event: "purged", at: start + 30 * 86_400_000 })
    expect(JSON.parse(String(entry?.detail))).toEqual({
      source: "lab",
      type: "ORU^R01",
      receivedAt: start,
      deliveries: [
        { destination: "central", state: "delivered", at: start },
        { destination: "register", state: "delivered", at: start },
      ],
    })
    expect(rows(folder, "SELECT * FROM trail WHERE detail LIKE '%secret%'")).toEqual([])
  })

  test("is known as a repeat after it was purged, also after a restart", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    const about = { source: "lab", peer: "", receivedAt: start, type: "ORU^R01", subjects: ["P"] }
    const message = { ...about, controlId: "A", bytes: Buffer.from("A") }
    await store.append(message)
    await followTo(store, "central")
    await settleAll(store, "central", delivered)
    await note(store, 0)
    expect(await purge(store, 30)).toMatchObject({ messages: 1 })
    expect(await store.append(message)).toEqual({ id: 1, repeat: true })
    await close(store)
    expect(await (await storeIn(folder)).append(message)).toEqual({ id: 1, repeat: true })
  })
})

test("what was replayed is kept for its whole time again", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 1, "central")
  await settleAll(store, "central", delivered)
  await note(store, 0)
  await note(store, 29)
  expect(await store.tank.replay({ ids: [1] }, { by: "jo", at: start })).toBe(1)
  expect(await purge(store, 60)).toMatchObject({ messages: 0 })
  await settleAll(store, "central", delivered)
  await note(store, 60)
  expect(await purge(store, 89)).toMatchObject({ messages: 0 })
  expect(await purge(store, 90)).toMatchObject({ messages: 1 })
  expect(await store.tank.replay({ ids: [1] }, { by: "jo", at: start })).toBe(0)
})

describe("never purged, whatever its age, is", () => {
  test("what is pending or held for any destination, though delivered to another", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeInFor(store, 3, "central", "register")
    await settleAll(store, "central", delivered)
    await note(store, 0)
    expect(await purge(store, 10_000)).toMatchObject({ messages: 0 })
    await settleAll(store, "register", held)
    await note(store, 10_000)
    expect(await purge(store, 20_000)).toMatchObject({ messages: 0 })
    expect(kept(folder)).toEqual([1, 2, 3])
  })

  test("what nobody has followed yet, which only looks unrouted", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await takeIn(store, 1)
    await note(store, 0)
    expect(await purge(store, 10_000)).toMatchObject({ messages: 0 })
    await followTo(store, "central")
    await settleAll(store, "central", delivered)
    await note(store, 10_000)
    expect(await purge(store, 20_000)).toMatchObject({ messages: 1 })
  })

  test("what came or was delivered since the last time that was noted", async () => {
    const store = await storeIn(temporaryFolder())
    await takeInFor(store, 1, "central")
    await settleAll(store, "central", delivered)
    expect(await purge(store, 10_000)).toMatchObject({ messages: 0 })
  })
})

test("what no route wants is kept for its own time, then counted no longer", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 2)
  await note(store, 0)
  await purge(store, 89)
  expect((await store.counts()).unrouted).toBe(2)
  await purge(store, 90)
  expect(kept(folder)).toEqual([])
  expect((await store.counts()).unrouted).toBe(0)
  expect(rows(folder, "SELECT event FROM trail")).toEqual([
    { event: "purged" },
    { event: "purged" },
  ])
})

test("what was discarded for one destination is kept for the longer time", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 2, "central", "register")
  await settleAll(store, "central", delivered)
  await settleAll(store, "register", held)
  const refused = { state: "held", destination: "register" } as const
  expect(await store.tank.discard(refused, { by: "jo", at: start, reason: "twice" })).toBe(2)
  await note(store, 0)
  await purge(store, 89)
  expect(kept(folder)).toEqual([1, 2])
  const short = { ...retention, delivered: 95 * 86_400_000 }
  await purge(store, 91, short)
  expect(kept(folder)).toEqual([1, 2])
  await purge(store, 95, short)
  expect(kept(folder)).toEqual([])
})

test("quarantine is emptied of what is older than its time", async () => {
  const store = await storeIn(temporaryFolder())
  const malformed = { code: 100, location: "", reason: "no" } as const
  const refuse = (text: string) => {
    const bytes = Buffer.from(text)
    return store.quarantine({ source: "lab", peer: "", receivedAt: start, malformed, bytes })
  }
  for (let count = 0; count < 200; count++) await refuse(`old ${count}`)
  await note(store, 0)
  await refuse("new")
  expect(await purge(store, 89)).toMatchObject({ quarantined: 0 })
  expect(await purge(store, 90)).toMatchObject({ quarantined: 200 })
  expect(await store.quarantined({ limit: 9, before: 999 })).toMatchObject([{ id: 201 }])
})

test("after all was purged the store opens again, and gives no id twice", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 3, "central")
  await settleAll(store, "central", delivered)
  await note(store, 0)
  await purge(store, 30)
  await close(store)
  const again = await storeIn(folder)
  expect(kept(folder)).toEqual([])
  expect(await takeInFor(again, 1, "central")).toEqual([4])
  expect(rows(folder, "SELECT id FROM delivery")).toEqual([{ id: 4 }])
})

test("a clock put right makes nothing older, and all grows old as before", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 1, "central")
  await settleAll(store, "central", delivered)
  await note(store, 0)
  await store.housekeeping.shift(1_000 * 86_400_000)
  expect(await purge(store, 1_029)).toMatchObject({ messages: 0 })
  expect(await purge(store, 1_030)).toMatchObject({ messages: 1 })
})
