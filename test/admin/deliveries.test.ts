import { beforeEach, describe, expect, test } from "bun:test"
import { openDeliveriesApi } from "../../src/admin/deliveries.ts"
import type { AdminView } from "../../src/admin/index.ts"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { adminsOfThisFile, ask, authorization, quiet } from "./admins.ts"
import { owe, receivedAt, refused } from "./owing.ts"

const { open } = adminsOfThisFile()
const { storeIn } = storesOfThisFile()
let store: Store
let address: string
/** Destinations that were told of a decision, and what the log was told. */
const heard: unknown[] = []
let stands: ReturnType<AdminView["delivering"]["standing"]>

beforeEach(async () => {
  store = await storeIn(temporaryFolder())
  heard.length = 0
  stands = { state: "up", notBefore: 0 }
  const delivering: AdminView["delivering"] = {
    standing: () => stands,
    pause: () => {},
    resume: () => {},
    probe: () => {},
    decided: (name) => void heard.push(name),
  }
  address = await open(
    {},
    {
      store,
      delivering,
      basis: (_destination, cause) => (cause === "destination" ? "now" : ""),
      log: (event, fields) => void heard.push({ event, ...fields }),
    },
  )
})

const get = async (path: string) => {
  const { status, body } = await ask(`${address}/api/v1/${path}`, authorization)
  return { status, ...JSON.parse(body) }
}

async function post(path: string, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const request = { method: "POST", body: text, ...authorization }
  const answer = await ask(`${address}/api/v1/${path}`, request)
  return { status: answer.status, ...JSON.parse(answer.body) }
}

const stateOf = async (id: number) => (await store.tank.one(id))?.state

describe("deliveries", () => {
  test("are listed with what is wanted of them, page by page", async () => {
    await owe(store, {}, { outcome: refused }, { outcome: refused, source: "ward" }, {})
    const ids = async (query: string) =>
      (await get(`deliveries?${query}`)).deliveries.map(({ id }: { id: number }) => id)
    expect(await ids("state=pending")).toEqual([4, 1])
    expect(await ids("")).toEqual([3, 2])
    expect(await ids("source=ward")).toEqual([3])
    expect(await ids("destination=central&reason=answered%20422&type=ORU")).toEqual([3, 2])
    expect(await ids("destination=other")).toEqual([])
    expect(await ids("since=2026-04-15T12:00:00Z&until=2026-04-15T15:00:01%2B03:00")).toEqual([
      3, 2,
    ])
    expect(await ids("since=2026-04-15T12:00:01Z")).toEqual([])
    expect(await ids("until=2026-04-15T12:00:00Z")).toEqual([])
    const first = await get("deliveries?limit=1")
    expect(first.deliveries.map(({ id }: { id: number }) => id)).toEqual([3])
    expect(await ids(`limit=1&cursor=${first.next}`)).toEqual([2])
  })

  test("that are held say why, in our words and the destination's, and since when", async () => {
    await owe(store, { outcome: refused })
    const one = await get("deliveries/1")
    expect(one).toMatchObject({
      ...{ status: 200, id: 1, message: 1, destination: "central", state: "held", attempts: 1 },
      ...{ receivedAt: "2026-04-15T12:00:00.000Z", settledAt: "2026-04-15T12:01:00.000Z" },
      ...{ reason: "answered 422", said: "code 4711 is not ours", waiting: null },
      ...{ issues: refused.outcome === "hold" ? refused.issues : [], nextTryAt: null },
    })
    expect(one.trail).toMatchObject([{ event: "held", detail: { reason: "answered 422" } }])
  })

  test("that wait say when they are tried again and whom they wait for", async () => {
    const dueAt = Date.now() + 60_000
    const down = { outcome: "retry", reason: "no answer" } as const
    await owe(store, { patient: "P", outcome: down, dueAt }, { patient: "P" }, {})
    const at = new Date(dueAt).toISOString()
    const [first, second, third] = [
      await get("deliveries/1"),
      await get("deliveries/2"),
      await get("deliveries/3"),
    ]
    expect(first).toMatchObject({
      nextTryAt: at,
      waiting: `its next try is at ${at}`,
      waitsFor: [],
    })
    expect(first).toMatchObject({ reason: "no answer", attempts: 1 })
    expect(second).toMatchObject({ waitsFor: [1] })
    expect(second.waiting).toBe("it waits behind delivery 1 of the same patient")
    expect(third).toMatchObject({ waiting: "it is due now, or being sent", nextTryAt: null })
  })

  test("that wait behind one that is held and blocks say that it needs a person", async () => {
    await store.blocking(new Set(["central"]))
    await owe(store, { patient: "P", outcome: refused }, { patient: "P" })
    const { waiting } = await get("deliveries/2")
    expect(waiting).toBe(
      "it waits behind delivery 1 of the same patient; 1 is held: replay or discard it",
    )
  })

  test("to a destination that a person paused wait for that person, and for no probe", async () => {
    await owe(store, {})
    stands = { state: "paused", reason: "answered 401", notBefore: Date.now() + 60_000 }
    const probed = `that is probed next at ${new Date(stands.notBefore).toISOString()}`
    const itself = (await get("deliveries/1")).waiting
    expect(itself).toBe(`its destination is paused: answered 401; ${probed}`)
    await store.pause("central", { by: "admin", at: 1, reason: "moving" })
    stands = { ...stands, reason: "by admin: moving" }
    expect((await get("deliveries/1")).waiting).toBe("its destination is paused: by admin: moving")
  })

  test.each(["2", "0", "abc", "1.0", "9999999999999999999", "-1"])("has no %s", async (id) => {
    await owe(store, {})
    expect((await get(`deliveries/${id}`)).status).toBe(404)
  })
})

describe("what is held", () => {
  test("is counted by destination and reason, with what may go now", async () => {
    const other = { outcome: "hold", reason: "answered 400" } as const
    await owe(
      store,
      { outcome: refused, basis: "before" },
      { outcome: refused, basis: "now" },
      { outcome: refused, basis: "before" },
      { outcome: other, basis: "now" },
    )
    const since = new Date(receivedAt + 60_000).toISOString()
    const { held } = await get("held")
    expect(held).toEqual([
      { destination: "central", reason: "answered 422", deliveries: 3, since, causeGone: 2 },
      { destination: "central", reason: "answered 400", deliveries: 1, since, causeGone: 0 },
    ])
    expect(await post("replay", { causeGone: true, destination: "central" })).toMatchObject({
      count: 2,
    })
    const states = await Promise.all([1, 2, 3, 4].map(stateOf))
    expect(states).toEqual(["pending", "held", "pending", "held"])
  })
})

describe("a person's decision", () => {
  test("replays by ids, by a filter or all of a reason, and tells who delivers", async () => {
    const other = { outcome: "hold", reason: "answered 400" } as const
    await owe(store, { outcome: refused }, { outcome: other }, { outcome: refused, source: "ward" })
    expect(await post("replay", { ids: [1, 99] })).toMatchObject({ status: 200, count: 1 })
    expect(heard).toEqual([{ event: "replayed", count: 1, by: "admin" }, "central"])
    const elsewhere = { reason: "answered 400", destination: "elsewhere" }
    expect(await post("replay", elsewhere)).toMatchObject({ count: 0 })
    expect(await post("replay", { reason: "answered 400" })).toMatchObject({ count: 1 })
    expect(await stateOf(3)).toBe("held")
    expect(await post("replay", { filter: { source: "ward" } })).toMatchObject({ count: 1 })
    expect(await stateOf(3)).toBe("pending")
  })

  test("may take as long as it takes: a backlog of months is more than 10 s", async () => {
    const asked: number[] = []
    const patience = { timeout: (_request: Request, seconds: number) => asked.push(seconds) }
    const api = openDeliveriesApi({ ...quiet, store })
    for (const path of ["/replay", "/discard"]) {
      const body = JSON.stringify({ ids: [1], ...(path === "/discard" && { reason: "x" }) })
      await api.request(path, { method: "POST", body }, patience)
    }
    expect(asked).toEqual([0, 0])
  })

  test("replays what was delivered where that is asked for, with force where that is", async () => {
    const delivered = { outcome: "delivered", receipt: { status: 200 } } as const
    await owe(store, { outcome: delivered })
    expect(await post("replay", { filter: { state: "delivered" }, force: true })).toMatchObject({
      count: 1,
    })
    const trail = (await store.tank.one(1))?.trail.at(-1)
    expect(trail).toMatchObject({ event: "replayed", detail: { by: "admin", force: true } })
  })

  test("sends nothing again to a destination that is gone: it would wait for ever", async () => {
    await owe(store, { outcome: { outcome: "delivered", receipt: { status: 200 } } })
    const api = openDeliveriesApi({ ...quiet, store, destinations: ["other"] })
    const body = JSON.stringify({ filter: { state: "delivered" } })
    const answer = await api.request("/replay", { method: "POST", body })
    expect(await answer.json()).toEqual({ count: 0 })
    expect(await stateOf(1)).toBe("delivered")
  })

  test("discards with a reason, which stands in the trail and not in the log", async () => {
    await owe(store, { outcome: refused }, { outcome: refused })
    const body = { ids: [1], reason: "JANE DOE is a test patient" }
    expect(await post("discard", body)).toMatchObject({ status: 200, count: 1 })
    expect([await stateOf(1), await stateOf(2)]).toEqual(["discarded", "held"])
    expect((await store.tank.one(1))?.trail.at(-1)).toMatchObject({
      ...{ event: "discarded", detail: { by: "admin", reason: body.reason } },
    })
    expect(heard).toEqual([{ event: "discarded", count: 1, by: "admin" }, "central"])
    expect(await post("discard", { filter: { state: "held" }, reason: "x" })).toMatchObject({
      count: 1,
    })
  })
})

describe("a decision that is not", () => {
  test.each<[string, unknown, string]>([
    ["replay", {}, "the request must name deliveries in one way"],
    ["replay", { ids: ["1"] }, "ids.0 must be a whole number"],
    ["replay", "not JSON", "the request must be a JSON object"],
    ["replay", [], "the request must be a JSON object"],
    ["discard", { ids: [1] }, "reason is missing"],
  ])("right, to %s %j, is refused, and nothing is done", async (path, body, detail) => {
    await owe(store, { outcome: refused })
    const answer = await post(path, body)
    expect(answer).toMatchObject({ status: 400, title: "Bad Request" })
    expect(answer.detail).toStartWith(detail)
    expect(await stateOf(1)).toBe("held")
    expect(heard).toEqual([])
  })

  test("made by who has the token is not taken, and who has none learns nothing", async () => {
    await owe(store, { outcome: refused })
    for (const path of ["replay", "discard"]) {
      const body = JSON.stringify({ ids: [1], reason: "x" })
      const answer = await ask(`${address}/api/v1/${path}`, { method: "POST", body })
      expect(answer.status).toBe(401)
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
    }
    for (const path of ["deliveries", "deliveries/1", "held", "messages", "messages/1/raw"]) {
      expect((await ask(`${address}/api/v1/${path}`)).status).toBe(401)
    }
    expect(await stateOf(1)).toBe("held")
  })
})
