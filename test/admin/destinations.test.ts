import { beforeEach, describe, expect, test } from "bun:test"
import type { Status } from "../../src/admin/index.ts"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { adminsOfThisFile, ask, authorization, status } from "./admins.ts"

const { open } = adminsOfThisFile()
const { storeIn } = storesOfThisFile()
let store: Store
let address: string
const heard: unknown[] = []

const stands: Status["destinations"][string] = {
  ...{ state: "up", pending: 7, held: 0, delivered: 0, discarded: 0 },
  oldestPendingSeconds: null,
}

beforeEach(async () => {
  store = await storeIn(temporaryFolder())
  heard.length = 0
  address = await open(
    {},
    {
      store,
      status: () => ({ ...status, destinations: { central: stands } }),
      delivering: {
        standing: () => ({ state: "up", notBefore: 0 }),
        pause: (name, reason) => void heard.push(["pause", name, reason]),
        resume: (name) => void heard.push(["resume", name]),
        probe: (name) => void heard.push(["probe", name]),
        decided: () => {},
      },
      log: (event, fields) => void heard.push([event, fields]),
    },
  )
})

async function post(path: string, body: unknown = {}) {
  const request = { method: "POST", body: JSON.stringify(body), ...authorization }
  const answer = await ask(`${address}/api/v1/destinations/${path}`, request)
  return { status: answer.status, body: JSON.parse(answer.body) }
}

describe("a destination", () => {
  test("is paused by a person: on the disk, and for whoever delivers", async () => {
    const answer = await post("central/pause", { reason: "the centre moves" })
    expect(answer).toEqual({ status: 200, body: stands })
    const { central } = await store.paused()
    expect(central).toMatchObject({ by: "admin", reason: "the centre moves" })
    expect(Math.abs((central?.at ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(heard).toEqual([
      ["pause", "central", "by admin: the centre moves"],
      ["destination-paused-by-person", { destination: "central", by: "admin" }],
    ])
  })

  test("is resumed by a person, whoever had paused it", async () => {
    await store.pause("central", { by: "somebody", at: 1, reason: "x" })
    expect((await post("central/resume")).status).toBe(200)
    expect(await store.paused()).toEqual({})
    expect(heard[0]).toEqual(["resume", "central"])
  })

  test("is probed, but not where a person has paused it", async () => {
    expect((await post("central/probe")).status).toBe(202)
    expect(heard).toEqual([["probe", "central"]])
    await store.pause("central", { by: "somebody", at: 1, reason: "x" })
    const { status, body } = await post("central/probe")
    expect(status).toBe(409)
    expect(body.detail).toBe("central was paused by a person: resume it, and it is tried at once")
    expect(heard).toEqual([["probe", "central"]])
  })

  test.each<[string, unknown, number, string]>([
    ["central/pause", {}, 400, "reason is missing"],
    ["central/pause", { reason: " " }, 400, "reason must not be empty"],
    ["central/pause", { reason: "x", until: "then" }, 400, "until is not known here"],
    ["nowhere/pause", { reason: "x" }, 404, "there is no such destination; there are: central"],
    ["constructor/resume", {}, 404, "there is no such destination; there are: central"],
    ["central/explode", {}, 404, "there is no /api/v1/destinations/central/explode here"],
  ])("asked to %s with %j is left as it is", async (path, body, status, detail) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(status)
    expect(answer.body.detail).toBe(detail)
    expect(await store.paused()).toEqual({})
    expect(heard).toEqual([])
  })
})
