import { expect, test } from "bun:test"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"
import { delivered, dueFor, held, oweAll, settleAs } from "./owing.ts"

const { storeIn, close } = storesOfThisFile()
const ids = (deliveries: readonly { id: number }[]) => deliveries.map(({ id }) => id)
const by = { by: "nurse", at: 7 }

test("a pause by a person outlives a restart, and ends when a person says so", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await store.pause("central", { ...by, reason: "the line is being mended" })
  await store.pause("register", by)
  await store.resume("register")
  await close(store)
  const again = await storeIn(folder)
  await again.blocking(new Set(["central"]))
  expect(await again.paused()).toEqual({
    central: { by: "nurse", at: 7, reason: "the line is being mended" },
  })
  await again.resume("central")
  expect(await again.paused()).toEqual({})
})

test("where what is held blocks, those behind it wait until a person decides", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await store.blocking(new Set(["central"]))
  await oweAll(store, [{ subjects: ["P1"] }, { subjects: ["P1"] }, { subjects: ["P2"] }])
  const [first, other] = await dueFor(store)
  if (!first || !other) throw new Error("nothing was due")
  await settleAs(store, first, held)
  await settleAs(store, other, delivered)
  expect(ids(await dueFor(store))).toEqual([])
  await close(store)
  const again = await storeIn(folder)
  await again.blocking(new Set(["central"]))
  expect(ids(await dueFor(again))).toEqual([])
  await again.tank.discard({}, { ...by, reason: "sent by mistake" })
  expect(ids(await dueFor(again))).toEqual([2])
})

test("what is held lets others pass, or no more, when that was set otherwise", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await oweAll(store, [{ subjects: ["P1"] }, { subjects: ["P1"] }, { subjects: ["P1"] }])
  for (const one of await dueFor(store)) await settleAs(store, one, held)
  expect(ids(await dueFor(store))).toEqual([2])
  for (const blocks of [true, false, true]) {
    await store.blocking(new Set(blocks ? ["central"] : []))
    expect(ids(await dueFor(store))).toEqual(blocks ? [] : [2])
  }
  await store.tank.replay({ ids: [1] }, by)
  for (const id of [1, 2, 3]) {
    const due = await dueFor(store)
    expect(ids(due)).toEqual([id])
    for (const one of due) await settleAs(store, one, delivered)
  }
})
