import { expect, test } from "bun:test"
import { openDeliveriesApi } from "../../src/admin/deliveries.ts"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { quiet } from "./admins.ts"
import { owe, receivedAt, refused } from "./owing.ts"

const { storeIn } = storesOfThisFile()

test("what is held is counted by reason, with what may go now, and not read for it", async () => {
  const store = await storeIn(temporaryFolder())
  const missing = { ...refused, reason: "answered 400" }
  const held = (outcome: typeof refused, basis?: string) => ({ outcome, basis })
  await owe(
    store,
    ...[held(missing, "now"), held(refused, "before"), held(refused, "now")],
    ...[held(refused, "long before"), held(refused), {}],
  )
  const page = () => Promise.reject(new Error("read one by one"))
  const tank = { ...store.tank, page }
  const api = openDeliveriesApi({ ...quiet, basis: () => "now", store: { ...store, tank } })
  const since = new Date(receivedAt + 60_000).toISOString()
  const why = { destination: "central", since }
  expect(await (await api.request("/held")).json()).toEqual({
    held: [
      { ...why, reason: "answered 422", deliveries: 4, causeGone: 2 },
      { ...why, reason: "answered 400", deliveries: 1, causeGone: 0 },
    ],
  })
})
