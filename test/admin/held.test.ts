import { expect, test } from "bun:test"
import { openDeliveriesApi } from "../../src/admin/deliveries.ts"
import type { Store } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { quiet } from "./admins.ts"
import { owe, refused } from "./owing.ts"

const { storeIn } = storesOfThisFile()

test("what may go now is counted in full, and never read all at once", async () => {
  const store = await storeIn(temporaryFolder())
  await owe(store, ...Array.from({ length: 501 }, () => ({ outcome: refused, basis: "before" })))
  const limits: number[] = []
  const page: Store["tank"]["page"] = (wanted, of) => {
    limits.push(of.limit)
    return store.tank.page(wanted, of)
  }
  const tank = { ...store.tank, page }
  const api = openDeliveriesApi({ ...quiet, store: { ...store, tank } })
  const { held } = (await (await api.request("/held")).json()) as { held: unknown }
  expect(held).toMatchObject([{ deliveries: 501, causeGone: 501 }])
  expect(limits).toEqual([500, 500])
})
