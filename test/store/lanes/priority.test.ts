import { expect, test } from "bun:test"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"
import { delivered, dueFor, held, oweAll, settleAs } from "./owing.ts"

const { storeIn, close } = storesOfThisFile()

const routine = (...subjects: string[]) => ({ subjects })
const urgent = (...subjects: string[]) => ({ subjects, urgent: true })
const ids = (deliveries: readonly { id: number }[]) => deliveries.map(({ id }) => id)

test("when there is a backlog a critical result goes before what came earlier", async () => {
  const store = await storeIn(temporaryFolder())
  await oweAll(store, [routine("P1"), routine("P2"), urgent("P3"), urgent("P4")])
  const due = await dueFor(store, { limit: 3 })
  expect(due.map((one) => [one.id, one.urgent])).toEqual([
    [3, true],
    [4, true],
    [1, false],
  ])
})

test("what is urgent is so still after a restart, followed already or not", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await oweAll(store, [routine("P1"), urgent("P2")])
  const about = { source: "lab", peer: "", receivedAt: 1, type: "ORU^R01" }
  const late = { ...about, controlId: "late", subjects: ["P3"], bytes: Buffer.from("late") }
  await store.append({ ...late, urgent: true })
  await close(store)
  const again = await storeIn(folder)
  await oweAll(again, [])
  expect(ids(await dueFor(again))).toEqual([2, 3, 1])
})

test("those before an urgent one in its lanes go first with it, in their order", async () => {
  const store = await storeIn(temporaryFolder())
  const others = [routine("P8"), routine("P9")]
  // P1's result waits for a merge of P1 and P2, which waits for P2's message.
  await oweAll(store, [...others, routine("P2"), routine("P1", "P2"), routine("P1")])
  await oweAll(store, [urgent("P1")])
  for (const id of [3, 4, 5, 6]) {
    const [first] = await dueFor(store, { limit: 1 })
    expect(first?.id).toBe(id)
    if (first) await settleAs(store, first, delivered)
  }
  expect(ids(await dueFor(store))).toEqual([1, 2])
})

test("what is replayed before an urgent one goes first, with those before it", async () => {
  const store = await storeIn(temporaryFolder())
  await oweAll(store, [routine("P9"), routine("P2"), routine("P1", "P2")])
  for (const id of [2, 3]) await settleAs(store, { id, message: { id } }, held)
  const by = { by: "nurse", at: 1 }
  await store.tank.replay({ ids: [2] }, by)
  await oweAll(store, [urgent("P1")])
  expect(ids(await dueFor(store, { limit: 1 }))).toEqual([4])
  await store.tank.replay({ ids: [3] }, by)
  expect(ids(await dueFor(store, { limit: 1 }))).toEqual([2])
  await settleAs(store, { id: 2, message: { id: 2 } }, delivered)
  expect(ids(await dueFor(store, { limit: 1 }))).toEqual([3])
})
