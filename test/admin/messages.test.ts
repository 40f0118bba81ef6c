import { beforeEach, describe, expect, test } from "bun:test"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { note, purge } from "../store/aged.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { adminsOfThisFile, ask, authorization } from "./admins.ts"
import { owe, refused } from "./owing.ts"

const { open } = adminsOfThisFile()
const { storeIn } = storesOfThisFile()
let store: Store
let address: string
const events: unknown[] = []

beforeEach(async () => {
  store = await storeIn(temporaryFolder())
  events.length = 0
  const log = (event: string, fields?: object) => void events.push({ event, ...fields })
  address = `${await open({}, { store, assigners: ["CLINIC"], log })}/api/v1/messages`
})

const get = async (path: string) => {
  const { status, body } = await ask(`${address}${path}`, authorization)
  return { status, ...JSON.parse(body) }
}

const ids = async (query: string) =>
  (await get(`?${query}`)).messages.map(({ id }: { id: number }) => id)

describe("messages", () => {
  test.each([
    ["P-7^^^CLINIC^MR", [2]],
    ["P-7^^^CLINIC", [2]],
    ["P-7^^^CLINIC&1.2.3&L", [2]],
    ["P-7", [2]],
    ["p-7", []],
    ["P-", []],
    ["P-7^^^OTHER", []],
    ["^^^CLINIC", []],
  ])("are found by the patient's number %s as PID-3 has it", async (patient, found) => {
    await owe(store, {}, { patient: "P-7" }, {})
    expect(await ids(`patient=${encodeURIComponent(patient)}`)).toEqual(found)
  })

  test("are found by control id, state, source, type, time and to whom, page by page", async () => {
    await owe(store, { outcome: refused }, { source: "ward", type: "ADT^A08" }, {})
    expect(await ids("controlId=C1")).toEqual([2])
    expect(await ids("state=held")).toEqual([1])
    expect(await ids("source=ward&type=ADT")).toEqual([2])
    expect(await ids("destination=central&state=held")).toEqual([1])
    expect(await ids("destination=ward")).toEqual([])
    expect(await ids("since=2026-04-15T12:00:01Z")).toEqual([])
    const first = await get("?limit=2")
    expect(first.messages.map(({ id }: { id: number }) => id)).toEqual([3, 2])
    expect(await ids(`limit=2&cursor=${first.next}`)).toEqual([1])
    expect((await get("?limit=2&cursor=2")).next).toBeNull()
  })

  test("each tell what became of them and what happened, and not what they say", async () => {
    await owe(store, { bytes: "DOE^JANE", outcome: refused }, { outcome: refused }, {})
    const whole = await get("/1")
    expect(whole).toMatchObject({
      ...{ id: 1, source: "lab", peer: "10.0.0.7:4711", type: "ORU^R01", size: 8 },
      ...{ receivedAt: "2026-04-15T12:00:00.000Z", routed: "routed" },
      deliveries: [{ id: 1, destination: "central", state: "held", reason: "answered 422" }],
    })
    expect(whole.trail.map(({ event }: { event: string }) => event)).toEqual(["received", "held"])
    expect(JSON.stringify(whole)).not.toContain("JANE")
    expect((await get("/3")).deliveries).toMatchObject([
      { waiting: "it is due now, or being sent" },
    ])
  })

  test("give back exactly the bytes that came, as a file, and the log says to whom", async () => {
    await owe(store, { bytes: "MSH|^~\\&|é\u0000\rPID|DOE^JANE" })
    const { status, body, headers } = await ask(`${address}/1/raw`, authorization)
    expect([status, body]).toEqual([200, "MSH|^~\\&|é\u0000\rPID|DOE^JANE"])
    expect(headers.get("content-type")).toBe("application/octet-stream")
    expect(headers.get("content-disposition")).toBe('attachment; filename="message-1.hl7"')
    expect(events).toEqual([{ event: "message-shown", message: 1, by: "admin" }])
  })

  test("that were purged say what they were and what became of them", async () => {
    const delivered = { outcome: "delivered", receipt: { status: 200 } } as const
    await owe(store, { bytes: "DOE^JANE", outcome: delivered })
    await note(store, 0)
    await purge(store, 200)
    const lines = [
      "message 1 was purged: ORU^R01 from lab, received 2026-04-15T12:00:00.000Z",
      "central delivered 2026-04-15T12:01:00.000Z",
    ]
    const answer = await get("/1")
    expect(answer).toEqual({ status: 410, title: "Gone", detail: lines.join("; ") })
    expect((await get("/1/raw")).status).toBe(410)
  })

  test.each(["2", "0", "abc", "9999999999999999999"])("have no %s", async (id) => {
    await owe(store, {})
    for (const path of [`/${id}`, `/${id}/raw`]) expect((await get(path)).status).toBe(404)
    expect(events).toEqual([])
  })

  test.each([
    ["limit=0", "limit must be a whole number"],
    ["reason=x", "reason is not known here"],
    ["patient=", "patient must not be empty"],
    ["controlId=", "controlId must not be empty"],
  ])("asked for with %s: what is wrong with it", async (query, detail) => {
    const answer = await get(`?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.detail).toStartWith(detail)
  })
})
