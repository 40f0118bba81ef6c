import { afterEach, expect, test } from "bun:test"
import { openPurging } from "../src/purge.ts"
import { openStore, type Store } from "../src/store/index.ts"
import { temporaryFolder } from "./build.ts"
import { day, delivered, kept, retention, settleAll, start, takeInFor } from "./store/aged.ts"

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** A box whose clocks this test turns. */
async function boxIn(folder: string, at: number) {
  const store: Store = await openStore(folder)
  const reading = { wallMs: at, elapsedMs: 0 }
  const events: string[] = []
  const log = (event: string) => void events.push(event)
  const purging = openPurging({ store, retention, log, read: () => ({ ...reading }) })
  open.push(store, purging)
  await purging.start()
  await purging.look()
  return {
    store,
    purging,
    events,
    /** Runs for so many days, six hours at a time. */
    async run(days: number): Promise<void> {
      for (let looks = 0; looks < days * 4; looks++) {
        reading.wallMs += day / 4
        reading.elapsedMs += day / 4
        await purging.look()
      }
    },
    /** Somebody, or the network, sets the clock, at a fraction of a ms of the other one. */
    step: (days: number) => {
      reading.wallMs += days * day
      reading.elapsedMs += 0.3
    },
    async close(): Promise<void> {
      for (const one of open.splice(0).reverse()) await one.close()
    },
    async deliver(): Promise<void> {
      await takeInFor(store, 1, "central")
      await settleAll(store, "central", delivered)
    },
  }
}

test("what was delivered 30 days ago goes by itself, and status says when", async () => {
  const folder = temporaryFolder()
  const box = await boxIn(folder, start)
  await box.deliver()
  await box.run(29)
  expect(kept(folder)).toEqual([1])
  expect(box.purging.standing()).toEqual({ last: null, steppedMs: undefined })
  await box.run(2)
  expect(kept(folder)).toEqual([])
  const last = { at: expect.any(Number), messages: 1, quarantined: 0 }
  expect(box.purging.standing()).toEqual({ last, steppedMs: undefined })
  expect(box.events).toEqual(["purged"])
  await box.close()
  expect((await boxIn(folder, start + 31 * day)).purging.standing()).toMatchObject({ last })
})

test("a clock set to 2099 for a minute purges nothing, and is said once", async () => {
  const folder = temporaryFolder()
  const box = await boxIn(folder, start)
  await box.deliver()
  await box.run(1)
  box.step(26_000)
  await box.deliver()
  for (let looks = 0; looks < 3; looks++) await box.purging.look()
  expect(box.purging.standing().steppedMs).toBe(26_000 * day)
  box.step(-26_000)
  await box.run(1)
  expect(box.purging.standing().steppedMs).toBeUndefined()
  expect(kept(folder)).toEqual([1, 2])
  expect(box.events).toEqual(["clock-stepped", "clock-back"])
  await box.run(30)
  expect(kept(folder)).toEqual([])
})

test.each([
  ["forward", 60],
  ["back", -60],
])(
  "a clock set %s stops purging until it is confirmed, and nothing goes early",
  async (_to, by) => {
    const folder = temporaryFolder()
    const box = await boxIn(folder, start)
    await box.deliver()
    await box.run(20)
    box.step(by)
    await box.run(20)
    expect(kept(folder)).toEqual([1])
    expect(box.purging.standing().steppedMs).toBe(by * day)
    expect(await box.purging.confirm()).toBe(by * day)
    expect(await box.purging.confirm()).toBeUndefined()
    await box.deliver()
    await box.run(1)
    expect(kept(folder)).toEqual([2])
    await box.run(30)
    expect(kept(folder)).toEqual([])
  },
  20_000,
)

test("a box that was off for months waits to be told that its clock is right", async () => {
  const folder = temporaryFolder()
  const before = await boxIn(folder, start)
  await before.deliver()
  await before.run(1)
  await before.close()
  const box = await boxIn(folder, start + 61 * day)
  await box.run(3)
  expect(box.purging.standing().steppedMs).toBe(60 * day)
  expect(kept(folder)).toEqual([1])
  await box.close()
  const again = await boxIn(folder, start + 70 * day)
  expect(again.purging.standing().steppedMs).toBe(69 * day)
  await again.purging.confirm()
  // The 60 days count for nothing: nobody can tell them from a clock that was wrong before.
  await again.run(28)
  expect(kept(folder)).toEqual([1])
  await again.run(2)
  expect(kept(folder)).toEqual([])
})

test("a box that was off for a weekend goes on by itself", async () => {
  const folder = temporaryFolder()
  const before = await boxIn(folder, start)
  await before.deliver()
  await before.run(27)
  await before.close()
  const box = await boxIn(folder, start + 30 * day)
  await box.run(1)
  expect(kept(folder)).toEqual([])
})

test("a disk that refuses is said, and the next look goes on", async () => {
  const folder = temporaryFolder()
  const box = await boxIn(folder, start)
  await box.deliver()
  await box.run(1)
  const { note } = box.store.housekeeping
  box.store.housekeeping.note = () => Promise.reject(new Error("the disk is full"))
  await box.run(1)
  expect(new Set(box.events)).toEqual(new Set(["purging-waits-for-disk"]))
  box.store.housekeeping.note = note
  await box.run(30)
  expect(kept(folder)).toEqual([])
})
