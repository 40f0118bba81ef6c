import { expect, test } from "bun:test"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { append, delivered, dueFor, oweAll, settleAs } from "../lanes/owing.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()
const by = { by: "nurse", at: 7 }
const toCentral = ({ type }: { type: string }) => (type === "ORU^R01" ? ["central"] : [])

/** Messages that no route wanted when they were followed. */
async function unrouted(store: Store, types: readonly string[]): Promise<void> {
  for (const type of types) await append(store, { subjects: ["P1"], type })
  const next = await store.unfollowed(100)
  await store.follow(
    next,
    next.kinds.map((kind) => ({ ...kind, destinations: [] })),
  )
}

test("what no route wanted goes out in order when a route wants it, and only that", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await unrouted(store, ["ORU^R01", "ADT^A08", "ORU^R01"])
  expect((await store.counts()).unrouted).toBe(3)
  expect(await store.routeAgain(toCentral, by)).toBe(2)
  expect(await store.routeAgain(toCentral, by)).toBe(0)
  const counts = await store.counts()
  expect(counts.unrouted).toBe(1)
  expect(counts.destinations.central).toMatchObject({ pending: 2 })
  await close(store)
  const again = await storeIn(folder)
  const [first, ...others] = await dueFor(again)
  expect(first?.message.id).toBe(1)
  expect(others).toEqual([])
  if (first) await settleAs(again, first, delivered)
  expect((await dueFor(again)).map(({ message }) => message.id)).toEqual([3])
  expect((await again.tank.one(1))?.trail.map(({ event }) => event)).toEqual([
    "routed",
    "delivered",
  ])
})

test("what is routed late overwrites nothing that a newer message has said since", async () => {
  const store = await storeIn(temporaryFolder())
  await unrouted(store, ["ORU^R01"])
  await oweAll(store, [{ subjects: ["P1"] }])
  const [newer] = await dueFor(store)
  if (newer) await settleAs(store, newer, delivered)
  await store.routeAgain(toCentral, by)
  const [late] = await dueFor(store)
  expect(late).toMatchObject({ createOnly: true, message: { id: 1 } })
  const since = late && (await store.newer(late))
  expect(since?.map(({ id }) => id)).toEqual([2])
})
