import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import type { Delivery, Outcome } from "../../src/message.ts"
import type { Store } from "../../src/store/index.ts"
import { oru, temporaryFolder } from "../build.ts"
import { followTo } from "./follow-to.ts"
import { storesOfThisFile } from "./stores.ts"

const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
const held: Outcome = { outcome: "hold", reason: "422" }
const hour = 3_600_000
const { storeIn, close } = storesOfThisFile()

/** Puts messages about these subjects into the journal, and follows them to `central`. */
async function owe(store: Store, ...subjects: string[][]): Promise<void> {
  for (const keys of subjects) await append(store, keys)
  await followTo(store, "central")
}

async function append(store: Store, subjects: string[]): Promise<void> {
  const controlId = `${subjects.join()}-${Math.random()}`
  const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, type: "ORU^R01" }
  await store.append({ ...about, controlId, subjects, bytes: oru({ controlId }) })
}

async function next(store: Store, now = 0, except: number[] = []): Promise<Delivery[]> {
  const options = { now, patienceMs: hour, limit: 8, except: new Set(except) }
  return store.next("central", options)
}

const ids = (deliveries: readonly Delivery[]) => deliveries.map(({ id }) => id)

async function settle(store: Store, delivery: Delivery | undefined, outcome: Outcome, dueAt = 0) {
  if (!delivery) throw new Error("nothing was due")
  await store.settle(
    { ...delivery, messageId: delivery.message.id },
    { outcome, dueAt, told: [], notes: [], at: 0 },
  )
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
  await append(store, ["P1"])
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

test("random arrivals and outcomes never break an order, and leave nothing behind", async () => {
  const seed = Number(process.env.WAYSTATION_SEED ?? Date.now() % 1e9)
  console.log(`seed ${seed}`)
  const random = randomFrom(seed)
  const folder = temporaryFolder()
  let store = await storeIn(folder)
  const owedTo: string[][] = []
  const lastOf = new Map<string, number>()
  let settled = 0
  for (let round = 0; settled < owedTo.length || round < 60; round++) {
    const arriving = round < 60 ? Math.floor(random() * 6) : 0
    const messages = Array.from({ length: arriving }, () =>
      Array.from({ length: random() < 0.2 ? 2 : 1 }, () => `P${Math.floor(random() * 5)}`),
    )
    await owe(store, ...messages)
    owedTo.push(...messages)
    for (const delivery of await next(store, round)) {
      const roll = random()
      if (roll < 0.3) {
        await settle(store, delivery, { outcome: "retry", reason: "down" }, round + 2)
        continue
      }
      for (const subject of new Set(owedTo[delivery.id - 1])) {
        expect(delivery.id).toBeGreaterThan(lastOf.get(subject) ?? 0)
        lastOf.set(subject, delivery.id)
      }
      await settle(store, delivery, roll < 0.4 ? held : delivered)
      settled++
    }
    if (random() < 0.1) {
      await close(store)
      store = await storeIn(folder)
    }
    expect(round).toBeLessThan(2000)
  }
  const { central } = (await store.counts()).destinations
  expect(central).toMatchObject({ pending: 0, oldestPendingAt: null })
  expect((central?.delivered ?? 0) + (central?.held ?? 0)).toBe(owedTo.length)
  const database = new Database(join(folder, "waystation.db"), { readonly: true })
  expect(database.query("SELECT count(*) AS n FROM lane").get()).toEqual({ n: 0 })
  database.close()
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
  const due = `SELECT id FROM delivery INDEXED BY delivery_first WHERE destination = 'central'
    AND state = 'pending' AND ahead = 0 AND (due_at <= 0 OR due_at > 9) ORDER BY id LIMIT 8`
  expect(plan(due)).toBe("SEARCH delivery USING INDEX delivery_first (destination=?)")
  database.close()
})

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
