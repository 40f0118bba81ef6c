import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import type { Delivery, Outcome } from "../../../src/message.ts"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"
import { append, delivered, dueFor, held, oweAll, settleAs } from "./owing.ts"

const hour = 3_600_000
const { storeIn } = storesOfThisFile()

/** Puts messages about these subjects into the journal, and follows them to `central`. */
function owe(store: Store, ...subjects: string[][]): Promise<void> {
  return oweAll(
    store,
    subjects.map((keys) => ({ subjects: keys })),
  )
}

function next(store: Store, now = 0, except: number[] = []): Promise<Delivery[]> {
  return dueFor(store, { now, except })
}

const ids = (deliveries: readonly Delivery[]) => deliveries.map(({ id }) => id)

async function settle(store: Store, delivery: Delivery | undefined, outcome: Outcome, dueAt = 0) {
  if (!delivery) throw new Error("nothing was due")
  await settleAs(store, delivery, outcome, dueAt)
}

describe("of the deliveries about one patient", () => {
  test("only the first is due, and the next when it is settled", async () => {
    const store = await storeIn(temporaryFolder())
    await owe(store, ["P1"], ["P1"], ["P2"], ["P1"])
    const due = await next(store)
    expect(ids(due)).toEqual([1, 3])
    await settle(store, due[0], delivered)
    expect(ids(await next(store))).toEqual([2, 3])
  })

  test("one that is in flight keeps those behind it waiting", async () => {
    const store = await storeIn(temporaryFolder())
    await owe(store, ["P1"], ["P1"])
    expect(ids(await next(store, 0, [1]))).toEqual([])
  })

  test("one that waits for its next try keeps those behind it waiting", async () => {
    const store = await storeIn(temporaryFolder())
    await owe(store, ["P1"], ["P1"], ["P2"])
    const [first] = await next(store)
    await settle(store, first, { outcome: "retry", reason: "down" }, 1000)
    expect(ids(await next(store, 999))).toEqual([3])
    expect(ids(await next(store, 1000))).toEqual([1, 3])
  })

  test("one that is held lets the others pass", async () => {
    const store = await storeIn(temporaryFolder())
    await owe(store, ["P1"], ["P1"])
    const [first] = await next(store)
    await settle(store, first, held)
    expect(ids(await next(store))).toEqual([2])
  })
})

test("a merge is about two patients, and waits for both and holds up both", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, ["P1"], ["P2"], ["P1", "P2"], ["P2"])
  const due = await next(store)
  expect(ids(due)).toEqual([1, 2])
  await settle(store, due[0], delivered)
  expect(ids(await next(store))).toEqual([2])
  await settle(store, due[1], delivered)
  const [merge] = await next(store)
  expect(merge?.id).toBe(3)
  expect(ids(await next(store, 0, [3]))).toEqual([])
  await settle(store, merge, delivered)
  expect(ids(await next(store))).toEqual([4])
})

test("a destination that is away keeps nothing waiting that is owed to another", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, ["P1"])
  await append(store, { subjects: ["P1"] })
  await followTo(store, "register")
  const options = { now: 0, patienceMs: hour, limit: 8, except: new Set<number>() }
  expect(ids(await store.next("register", options))).toEqual([2])
  expect(ids(await next(store))).toEqual([1])
})

test("messages that name no patient stay in the order of their source", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, [], [], ["P1"])
  expect(ids(await next(store))).toEqual([1, 3])
})

test("a wait that lies further off than anybody waits is over: the clock has jumped", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, ["P1"])
  const [first] = await next(store)
  await settle(store, first, { outcome: "retry", reason: "down" }, 10 * hour)
  expect(ids(await next(store, 9 * hour))).toEqual([])
  expect(ids(await next(store, 0))).toEqual([1])
})

test("when a destination is back, whatever waits for its next try is due at once", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, ["P1"], ["P2"])
  for (const delivery of await next(store)) {
    await settle(store, delivery, { outcome: "retry", reason: "down" }, 5000)
  }
  expect(await store.nextDueAt("central", 4999)).toBe(5000)
  expect(await store.nextDueAt("central", 5000)).toBeUndefined()
  await store.hurry("central")
  expect(ids(await next(store))).toEqual([1, 2])
  expect(await store.nextDueAt("central", 0)).toBeUndefined()
})

test("finding what is due costs the same at any backlog: each query walks its index", async () => {
  const folder = temporaryFolder()
  await owe(await storeIn(folder), ["P1"])
  const database = new Database(join(folder, "waystation.db"), { readonly: true })
  const plan = (sql: string) =>
    database
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join()
  const held = `SELECT min(id) AS id FROM (SELECT id FROM delivery INDEXED BY delivery_held
    WHERE state = 'held' AND id < 9 ORDER BY id DESC LIMIT 5)`
  expect(plan(held)).toContain("SEARCH delivery USING COVERING INDEX delivery_held (id<?)")
  const reasons = `SELECT destination, reason, cause, basis, count(*), min(settled_at)
    FROM delivery INDEXED BY delivery_reason WHERE state = 'held'
    GROUP BY destination, reason, cause, basis`
  expect(plan(reasons)).toBe("SCAN delivery USING COVERING INDEX delivery_reason")
  const due = `SELECT id FROM delivery INDEXED BY delivery_first WHERE destination = 'central'
    AND state = 'pending' AND ahead = 0 AND (due_at <= 0 OR due_at > 9) ORDER BY urgent DESC, id`
  expect(plan(due)).toBe("SEARCH delivery USING INDEX delivery_first (destination=?)")
  database.close()
})
