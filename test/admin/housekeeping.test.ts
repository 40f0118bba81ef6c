import { describe, expect, test } from "bun:test"
import { openHousekeepingApi } from "../../src/admin/housekeeping.ts"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { adminsOfThisFile, ask, authorization } from "./admins.ts"

const { open } = adminsOfThisFile()
const { storeIn } = storesOfThisFile()
const post = { method: "POST", ...authorization }

/** A store that makes this of a backup. */
async function storeWith(backup: Store["backup"]): Promise<Store> {
  return { ...(await storeIn(temporaryFolder())), backup }
}

describe("a backup over the API", () => {
  const made = {
    madeAt: "2026-04-15T12:00:00.000Z",
    size: 9,
    get stream() {
      return new Response("the bytes").body ?? new ReadableStream()
    },
  }

  test("is a file to be saved, for who has the token only", async () => {
    const url = await open({}, { store: await storeWith(async () => made) })
    expect((await ask(`${url}/api/v1/backup`, { method: "POST" })).status).toBe(401)
    const { status, body, headers } = await ask(`${url}/api/v1/backup`, post)
    expect([status, body]).toEqual([200, "the bytes"])
    expect(headers.get("content-disposition")).toBe(
      'attachment; filename="waystation-2026-04-15T12-00-00-000Z.tar"',
    )
    expect(headers.get("cache-control")).toBe("no-store")
  })

  test("that can't be made is answered 503, with why", async () => {
    const backup = async () => ({ problem: "the disk has no room" })
    const url = await open({}, { store: await storeWith(backup) })
    const { status, body } = await ask(`${url}/api/v1/backup`, post)
    expect([status, JSON.parse(body)]).toMatchObject([503, { detail: "the disk has no room" }])
  })

  test("may be silent while the copy is made, but not for ever while it is fetched", async () => {
    const asked: number[] = []
    const patience = { timeout: (_request: Request, seconds: number) => asked.push(seconds) }
    const store = await storeWith(async () => made)
    const api = openHousekeepingApi({ store, clock: { confirm: async () => undefined } })
    await api.request("/backup", { method: "POST" }, patience)
    expect(asked).toEqual([0, 120])
  })
})

test.each([
  ["after it stepped, by how much", -7_200_400, -7200],
  ["where it had not stepped, 0", undefined, 0],
])("a clock that is confirmed answers %s", async (_when, stepped, seconds) => {
  const url = await open({}, { clock: { confirm: async () => stepped } })
  expect((await ask(`${url}/api/v1/clock/confirm`, { method: "POST" })).status).toBe(401)
  const { status, body } = await ask(`${url}/api/v1/clock/confirm`, post)
  expect([status, JSON.parse(body)]).toEqual([200, { steppedSeconds: seconds }])
})
