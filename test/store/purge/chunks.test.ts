import { expect, spyOn, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../../build.ts"
import {
  delivered,
  kept,
  note,
  retention,
  rows,
  settleAll,
  start,
  takeIn,
  takeInFor,
} from "../aged.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn } = storesOfThisFile()

test("a disk on which one message takes longer than a commit may still gets on", async () => {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  await takeInFor(store, 3, "central")
  await settleAll(store, "central", delivered)
  await note(store, 0)
  let ms = performance.now()
  const clock = spyOn(performance, "now").mockImplementation(() => {
    ms += 1_000
    return ms
  })
  const later = start + 30 * 86_400_000
  for (let more = 0; more < 10; more++) await store.housekeeping.purge(retention, later)
  clock.mockRestore()
  expect(kept(folder)).toEqual([])
})

test("20,000 messages go in commits of some ms, and their space goes back", async () => {
  const folder = temporaryFolder()
  const settings = { duplicateWindow: 86_400_000, lowWater: 1024 ** 2, reserve: 4 * 1024 ** 2 }
  const store = await storeIn(folder, settings)
  for (let round = 0; round < 10; round++) {
    await takeIn(store, 2_000, 2_000)
    await followTo(store, "central")
    await settleAll(store, "central", delivered)
  }
  await note(store, 0)
  const size = () => statSync(join(folder, "waystation.db")).size
  const before = size()
  const times: number[] = []
  const timed = async (work: () => Promise<boolean>) => {
    for (let more = true; more; ) {
      const from = performance.now()
      more = await work()
      times.push(performance.now() - from)
    }
  }
  const later = start + 30 * 86_400_000
  await timed(async () => (await store.housekeeping.purge(retention, later)).more)
  await timed(() => store.housekeeping.giveBack())
  times.sort((a, b) => a - b)
  expect(kept(folder)).toEqual([])
  expect(times[Math.floor(times.length / 2)]).toBeLessThan(8)
  // With the store still open: the log is copied, and the file cut, as it goes.
  expect(size()).toBeLessThan(before / 3)
  expect(statSync(join(folder, "waystation.db-wal")).size).toBeLessThan(2 * 1024 ** 2)
  const free = "SELECT freelist_count * 4096 AS bytes FROM pragma_freelist_count"
  const [{ bytes = 0 } = {}] = rows<{ bytes: number }>(folder, free)
  expect(bytes).toBeLessThanOrEqual(4 * 1024 ** 2)
})
