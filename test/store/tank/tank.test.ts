import { describe, expect, test } from "bun:test"
import type { Outcome } from "../../../src/message.ts"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { type Arriving, delivered, dueFor, held, oweAll, settleAs } from "../lanes/owing.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()
const by = { by: "nurse", at: 50 }
const refused: Outcome = {
  outcome: "hold",
  reason: "refused with 422",
  said: "Patient.birthDate is wrong",
  issues: [{ severity: "error", code: "value", text: "no date", expression: "Patient.birthDate" }],
}

/** Messages that a destination has refused, each with what it said. */
async function holding(store: Store, ...some: [Arriving, Outcome][]): Promise<void> {
  await oweAll(
    store,
    some.map(([arriving]) => arriving),
  )
  for (let left = some.length; left > 0; ) {
    for (const due of await dueFor(store)) {
      await settleAs(store, due, some[due.id - 1]?.[1] ?? held)
      left--
    }
  }
}

const about = (...subjects: string[]): Arriving => ({ subjects })
const ids = (deliveries: readonly { id: number }[]) => deliveries.map(({ id }) => id)

describe("a delivery that is held", () => {
  test("says why, in our words and the destination's, also after a restart", async () => {
    const folder = temporaryFolder()
    const store = await storeIn(folder)
    await holding(store, [about("P1"), refused])
    await close(store)
    const again = await storeIn(folder)
    const { deliveries } = await again.tank.page({}, { limit: 10 })
    expect(deliveries).toMatchObject([
      {
        id: 1,
        messageId: 1,
        destination: "central",
        state: "held",
        source: "lab",
        type: "ORU^R01",
        attempts: 1,
        reason: "refused with 422",
        said: "Patient.birthDate is wrong",
        issues: [{ expression: "Patient.birthDate" }],
        receipt: null,
      },
    ])
  })

  test("is found by its reason, its source, its type or family, and when it came", async () => {
    const store = await storeIn(temporaryFolder())
    const adt = { ...about("P3"), type: "ADT^A08", source: "his", receivedAt: 30 }
    await holding(
      store,
      [about("P1"), refused],
      [{ ...about("P2"), receivedAt: 20 }, held],
      [adt, held],
      [about("P4"), delivered],
    )
    const found = async (wanted: object) =>
      ids((await store.tank.page(wanted, { limit: 10 })).deliveries)
    expect(await found({})).toEqual([3, 2, 1])
    expect(await found({ reason: "422" })).toEqual([3, 2])
    expect(await found({ source: "his" })).toEqual([3])
    expect(await found({ type: "ORU^R01" })).toEqual([2, 1])
    expect(await found({ type: "ADT" })).toEqual([3])
    expect(await found({ type: "AD" })).toEqual([])
    expect(await found({ receivedFrom: 20, receivedTo: 30 })).toEqual([2])
    expect(await found({ destination: "register" })).toEqual([])
    expect(await found({ state: "delivered" })).toEqual([4])
    const why = { destination: "central", cause: null, basis: null, oldestAt: 0 }
    expect(await store.tank.reasons()).toEqual([
      { ...why, reason: "422", deliveries: 2 },
      { ...why, reason: "refused with 422", deliveries: 1 },
    ])
  })
})

describe("of the deliveries that are held", () => {
  test("a list is given page by page, none twice and none left out", async () => {
    const store = await storeIn(temporaryFolder())
    const some = Array.from({ length: 1_203 }, (_, at): [Arriving, Outcome] => {
      return [about(`P${at}`), at % 3 === 0 ? refused : held]
    })
    await holding(store, ...some)
    for (const state of ["held", "discarded"] as const) {
      const seen: number[] = []
      let before: number | undefined
      do {
        const page = await store.tank.page({ state, source: "lab" }, { limit: 100, before })
        expect(page.deliveries.length).toBeLessThanOrEqual(100)
        seen.push(...ids(page.deliveries))
        before = page.before
      } while (before !== undefined)
      expect(seen).toEqual(Array.from({ length: 1_203 }, (_, at) => 1_203 - at))
      await store.tank.discard({}, { ...by, reason: "a test" })
    }
  })

  test("those are replayed whose part of the configuration has changed", async () => {
    const store = await storeIn(temporaryFolder())
    await oweAll(store, [about("P1"), about("P2"), about("P3"), about("P4")])
    const bases = [
      { cause: "code", basis: "codes 1" },
      { cause: "code", basis: "codes 2" },
      { cause: "map", basis: "map 1" },
      {},
    ] as const
    for (const [at, { id, message }] of (await dueFor(store)).entries()) {
      const settlement = { outcome: held, dueAt: 0, told: [], notes: [], at: 0, ...bases[at] }
      await store.settle({ id, destination: "central", messageId: message.id }, settlement)
    }
    const gone = (causeGone: object) => ({ destination: "central", causeGone })
    const found = async (now: object) =>
      ids((await store.tank.page(gone(now), { limit: 10 })).deliveries)
    expect(await found({ code: "codes 2", map: "map 1" })).toEqual([1])
    expect(await found({ code: "codes 2", map: "map 2" })).toEqual([3, 1])
    expect(await found({ code: "codes 1" })).toEqual([2])
    expect(await store.tank.replay(gone({ code: "codes 2", map: "map 2" }), by)).toBe(2)
    expect(ids(await dueFor(store))).toEqual([1, 3])
  })
})

describe("a delivery that waits", () => {
  test("says what was wrong last, how often it was tried, and when it is tried again", async () => {
    const store = await storeIn(temporaryFolder())
    await oweAll(store, [about("P1"), about("P1")])
    const [first] = await dueFor(store)
    if (!first) throw new Error("nothing was due")
    await settleAs(store, first, { outcome: "retry", reason: "timed out", said: "busy" }, 700)
    const waiting = { reason: "timed out", said: "busy", attempts: 1, dueAt: 700, waitsFor: [] }
    expect(await store.tank.one(1)).toMatchObject(waiting)
    expect(await store.tank.one(2)).toMatchObject({ reason: null, attempts: 0, waitsFor: [1] })
    expect(await store.tank.one(3)).toBeUndefined()
    expect(ids(await store.tank.ofMessage(2))).toEqual([2])
  })

  test("may be discarded from the middle of its lane, and those behind it wait on", async () => {
    const store = await storeIn(temporaryFolder())
    await oweAll(store, [about("P1"), about("P1"), about("P1")])
    const reason = "the patient was another"
    expect(await store.tank.discard({ ids: [2] }, { ...by, reason })).toBe(1)
    expect(await store.tank.one(2)).toMatchObject({
      state: "discarded",
      reason,
      trail: [{ at: 50, event: "discarded", detail: { by: "nurse", reason } }],
    })
    expect(ids(await dueFor(store))).toEqual([1])
    expect(await store.tank.one(3)).toMatchObject({ waitsFor: [1] })
    expect(await store.tank.discard({ ids: [2] }, { ...by, reason })).toBe(0)
  })

  test("and is in flight holds up those behind it, though it is discarded meanwhile", async () => {
    const store = await storeIn(temporaryFolder())
    await oweAll(store, [about("P1"), about("P1")])
    const [first] = await dueFor(store)
    if (!first) throw new Error("nothing was due")
    await store.tank.discard({ ids: [1] }, { ...by, reason: "too late" })
    expect(ids(await dueFor(store, { except: [1] }))).toEqual([])
    await settleAs(store, first, { outcome: "retry", reason: "timed out" })
    expect(ids(await dueFor(store))).toEqual([2])
    expect(await store.tank.one(1)).toMatchObject({ state: "discarded", reason: "too late" })
    await settleAs(store, first, delivered)
    expect(await store.tank.one(1)).toMatchObject({ state: "delivered", receipt: { status: 200 } })
  })
})

describe("what is replayed", () => {
  test("stands in the trail with who decided it and what it was before", async () => {
    const store = await storeIn(temporaryFolder())
    await holding(store, [about("P1"), refused])
    await store.tank.replay({ reason: "refused with 422" }, { ...by, reason: "map mended" })
    const { reason, trail, ...one } = (await store.tank.one(1)) ?? {}
    expect(one).toMatchObject({ state: "pending", attempts: 0, replayed: true, issues: [] })
    expect(reason).toBeNull()
    expect(trail?.map(({ event }) => event)).toEqual(["held", "replayed"])
    expect(trail?.[1]?.detail).toMatchObject({
      by: "nurse",
      reason: "map mended",
      was: { state: "held", reason: "refused with 422", attempts: 1 },
    })
  })

  test("overwrites nothing newer about the same patient, unless it is forced to", async () => {
    const store = await storeIn(temporaryFolder())
    const some = [about("P1", "P2"), about("P2"), about("P3"), about("P1")]
    await holding(store, ...some.map((one): [Arriving, Outcome] => [one, delivered]))
    const createOnly = async () =>
      Object.fromEntries((await dueFor(store)).map((one) => [one.id, one.createOnly]))
    const each = { state: "delivered" } as const
    expect(await store.tank.replay(each, by)).toBe(4)
    expect(await createOnly()).toEqual({ 1: true, 3: false })
    await store.tank.discard({ ids: [1] }, { ...by, reason: "not needed" })
    expect(await createOnly()).toEqual({ 2: false, 3: false, 4: false })
    await store.tank.replay({ ids: [1] }, { ...by, force: true })
    expect(await createOnly()).toEqual({ 1: false, 3: false })
  })

  test("is told what was delivered since, unless that is too much to look through", async () => {
    const newer = async (many: number) => {
      const store = await storeIn(temporaryFolder())
      const since = Array.from({ length: many }, (): [Arriving, Outcome] => {
        return [about("P1"), delivered]
      })
      await holding(store, [about("P1"), held], [about("P2"), delivered], ...since)
      return (await store.newer({ id: 1, destination: "central" }))?.length
    }
    expect([await newer(1), await newer(200), await newer(201)]).toEqual([1, 200, undefined])
  })

  test("waits until a later one about the same patient is no longer in flight", async () => {
    const store = await storeIn(temporaryFolder())
    await holding(store, [about("P1"), held])
    await oweAll(store, [about("P1")])
    const [later] = await dueFor(store)
    await store.tank.replay({}, by)
    expect(ids(await dueFor(store, { except: [2] }))).toEqual([])
    if (later) await settleAs(store, later, { outcome: "retry", reason: "timed out" })
    expect(ids(await dueFor(store))).toEqual([1])
  })

  test("lets messages in meanwhile, however many there are", async () => {
    const store = await storeIn(temporaryFolder())
    const many = Array.from({ length: 3_000 }, (_, at): [Arriving, Outcome] => {
      return [about(`P${at}`), held]
    })
    await holding(store, ...many)
    let replaying = true
    const replayed = store.tank.replay({}, by).finally(() => {
      replaying = false
    })
    let taken = 0
    while (replaying) {
      await oweAll(store, [about("P1")])
      taken++
    }
    expect(await replayed).toBe(3_000)
    expect(taken).toBeGreaterThan(3)
  })
})
