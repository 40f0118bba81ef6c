import { beforeEach, describe, expect, test } from "bun:test"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { followTo } from "./follow-to.ts"
import { delivered, dueFor, settleAs } from "./lanes/owing.ts"
import { storesOfThisFile } from "./stores.ts"

const { storeIn } = storesOfThisFile()
let store: Store

beforeEach(async () => {
  store = await storeIn(temporaryFolder())
})

interface Arriving {
  controlId?: string
  subjects?: string[]
  source?: string
  type?: string
  receivedAt?: number
}

/** Puts a message into the journal; resolves with its id. */
async function append(arriving: Arriving = {}, bytes = Buffer.from(String(Math.random()))) {
  const { controlId = "C1", subjects = ["CLINIC|P-1"], source = "lab" } = arriving
  const { type = "ORU^R01", receivedAt = 1 } = arriving
  const about = { source, peer: "10.0.0.7:4711", receivedAt, type }
  return (await store.append({ ...about, controlId, subjects, bytes })).id
}

type Wanted = Parameters<Store["search"]["page"]>[0]

async function idsOf(wanted: Wanted): Promise<number[]> {
  const { messages } = await store.search.page(wanted, { limit: 100 })
  return messages.map(({ id }) => id)
}

describe("messages", () => {
  test("are found by what is asked, the newest first", async () => {
    await append({ controlId: "A", subjects: ["CLINIC|P-1"], receivedAt: 1_000 })
    await append({ controlId: "B", subjects: ["CLINIC|P-2", "CLINIC|P-1"], receivedAt: 2_000 })
    await append({ controlId: "A", source: "ward", type: "ADT^A08", receivedAt: 3_000 })
    await append({ controlId: "C", subjects: [], source: "ward", type: "ADT", receivedAt: 4_000 })
    await followTo(store, "central")
    const cases: [Wanted, number[]][] = [
      [{}, [4, 3, 2, 1]],
      [{ source: "lab" }, [2, 1]],
      [{ source: "nobody" }, []],
      [{ type: "ADT^A08" }, [3]],
      [{ type: "ADT" }, [4, 3]],
      [{ type: "AD" }, []],
      [{ controlId: "A" }, [3, 1]],
      [{ controlId: "A", source: "ward" }, [3]],
      [{ controlId: "a" }, []],
      [{ subjects: ["CLINIC|P-1"] }, [3, 2, 1]],
      [{ subjects: ["CLINIC|P-2"] }, [2]],
      [{ subjects: ["CLINIC|P-3", "CLINIC|P-2"] }, [2]],
      [{ subjects: ["P-1"] }, []],
      [{ subjects: [] }, []],
      [{ receivedFrom: 2_000, receivedTo: 4_000 }, [3, 2]],
      [{ receivedFrom: 4_001 }, []],
      [{ state: "pending" }, [4, 3, 2, 1]],
      [{ state: "held" }, []],
    ]
    for (const [wanted, ids] of cases) expect([wanted, await idsOf(wanted)]).toEqual([wanted, ids])
  })

  test("are found by what became of them", async () => {
    for (const patient of ["P-1", "P-2"]) await append({ controlId: patient, subjects: [patient] })
    await followTo(store, "central")
    const [first] = await dueFor(store)
    if (!first) throw new Error("nothing is due")
    await settleAs(store, first, delivered)
    expect(await idsOf({ state: "delivered" })).toEqual([1])
    expect(await idsOf({ state: "pending" })).toEqual([2])
  })

  test("are found by whom they are owed to, and by what became of them there", async () => {
    await append()
    await followTo(store, "central")
    await append()
    await followTo(store, "central", "ward")
    await append()
    await followTo(store, "register")
    const [first] = await dueFor(store)
    if (!first) throw new Error("nothing is due")
    await settleAs(store, first, delivered)
    expect(await idsOf({ destination: "central" })).toEqual([2, 1])
    expect(await idsOf({ destination: "ward" })).toEqual([2])
    expect(await idsOf({ destination: "nobody" })).toEqual([])
    expect(await idsOf({ destination: "central", state: "delivered" })).toEqual([1])
    expect(await idsOf({ destination: "ward", state: "delivered" })).toEqual([])
  })

  test("tell what is known of them and not what they say", async () => {
    await append({}, Buffer.from("DOE^JANE"))
    const about = { id: 1, source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, type: "ORU^R01" }
    const before = { ...about, size: 8, followed: false, deliveries: [] }
    expect((await store.search.page({}, { limit: 1 })).messages).toEqual([before])
    await followTo(store, "central", "ward")
    const deliveries = [
      { id: 1, destination: "central", state: "pending" as const },
      { id: 2, destination: "ward", state: "pending" as const },
    ]
    expect(await store.search.one(1)).toEqual({ ...before, followed: true, deliveries, trail: [] })
    expect(Buffer.from((await store.search.bytes(1)) ?? []).toString()).toBe("DOE^JANE")
  })

  test("that no route wanted are followed, and have no delivery", async () => {
    await append()
    await followTo(store)
    expect(await store.search.one(1)).toMatchObject({ followed: true, deliveries: [] })
  })

  test("that there are not are none", async () => {
    expect(await store.search.page({}, { limit: 10 })).toEqual({ messages: [] })
    expect(await store.search.one(1)).toBeUndefined()
    expect(await store.search.bytes(1)).toBeUndefined()
  })
})

test("pages join up: no message twice, none left out, over empty slices too", async () => {
  const arriving = Array.from({ length: 1_203 }, (_, index) =>
    append({ source: index % 401 === 0 ? "ward" : "lab", controlId: String(index) }),
  )
  await Promise.all(arriving)
  for (const [wanted, count] of [
    [{}, 1_203],
    [{ source: "ward" }, 3],
  ] as const) {
    const ids: number[] = []
    let before: number | undefined
    do {
      const page = await store.search.page(wanted, { limit: 2, before })
      expect(page.messages.length).toBeLessThanOrEqual(2)
      ids.push(...page.messages.map(({ id }) => id))
      before = page.before
    } while (before !== undefined)
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => other - one))
    expect(ids.length).toBe(count)
  }
})

test("a page looks at 10,000 messages and no more, then says where to go on", async () => {
  const many = 10_400
  await Promise.all(
    Array.from({ length: many }, (_, index) =>
      append({ source: index === 0 ? "ward" : "lab", controlId: String(index) }),
    ),
  )
  const first = await store.search.page({ source: "ward" }, { limit: 1 })
  expect(first).toEqual({ messages: [], before: many + 1 - 10_000 })
  const second = await store.search.page({ source: "ward" }, { limit: 1, before: first.before })
  expect(second.messages.map(({ id }) => id)).toEqual([1])
})
