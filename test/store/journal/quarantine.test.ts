import { expect, test } from "bun:test"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn } = storesOfThisFile()

/** Every page of it, and some. */
const all = { limit: 2_000, before: Number.MAX_SAFE_INTEGER }

function refused(bytes: Uint8Array, receivedAt = 1) {
  const malformed = { code: 100, location: "MSH", reason: "there is no MSH segment" } as const
  return { source: "lab", peer: "10.0.0.7:4711", receivedAt, malformed, bytes }
}

test("what is no message is kept as it came, with its sender, time and fault", async () => {
  const store = await storeIn(temporaryFolder())
  const bytes = Uint8Array.of(0x00, 0xff, 0x0d, 0x80)
  await store.quarantine(refused(bytes, 1_776_254_400_000))
  const expected = {
    ...{ id: 1, source: "lab", peer: "10.0.0.7:4711", receivedAt: 1_776_254_400_000 },
    ...{ reason: "there is no MSH segment", size: 4, kept: 4 },
  }
  expect(await store.quarantined(all)).toEqual([expected])
  const entry = await store.inQuarantine(1)
  expect(entry).toEqual({ ...expected, bytes: expect.anything() })
  expect([...(entry?.bytes ?? [])]).toEqual([...bytes])
  expect(await store.inQuarantine(2)).toBeUndefined()
})

test("what is in quarantine is counted for each source", async () => {
  const store = await storeIn(temporaryFolder())
  for (const [at, source] of ["lab", "ward", "lab"].entries()) {
    await store.quarantine({ ...refused(Uint8Array.of(at)), source })
  }
  expect((await store.counts()).quarantined).toEqual({ lab: 2, ward: 1 })
})

test("of a frame of 20 MB the beginning is kept, and how large it was", async () => {
  const store = await storeIn(temporaryFolder())
  const large = Buffer.alloc(20_000_000, "x")
  large.write("MSH|")
  // A view into the stream's own buffer, as a framer hands it out.
  await store.quarantine(refused(large.subarray(0, 19_999_999)))
  const entry = await store.inQuarantine(1)
  expect(entry).toMatchObject({ size: 19_999_999, kept: 65_536 })
  expect(Buffer.from(entry?.bytes ?? []).equals(large.subarray(0, 65_536))).toBe(true)
})

test("the newest thousand are kept, listed page by page from the newest on", async () => {
  const store = await storeIn(temporaryFolder())
  const other = (index: number) => Buffer.alloc(100_000, `${index} `)
  await Promise.all(
    Array.from({ length: 1002 }, (_, index) => store.quarantine(refused(other(index)))),
  )
  const ids = (await store.quarantined(all)).map(({ id }) => id)
  expect(ids).toEqual(Array.from({ length: 1000 }, (_, index) => 1002 - index))
  const page = await store.quarantined({ limit: 2, before: 1000 })
  expect(page.map(({ id }) => id)).toEqual([999, 998])
  expect(await store.quarantined({ limit: 2, before: 3 })).toEqual([])
  expect(await store.inQuarantine(2)).toBeUndefined()
})

test("what a sender sends again and again is kept once, and pushes out nobody else's", async () => {
  const store = await storeIn(temporaryFolder())
  const bytes = Buffer.from("MSH|^~\\&|LAB")
  await store.quarantine({ ...refused(bytes), source: "ward" })
  for (let at = 1; at <= 1_001; at++) await store.quarantine(refused(bytes, at))
  const kept = (await store.quarantined(all)).map(({ source, receivedAt }) => [source, receivedAt])
  expect(kept).toEqual([
    ["lab", 1_001],
    ["ward", 1],
  ])
  await store.quarantine(refused(Buffer.from("MSH|^~\\&|LAX")))
  expect(await store.quarantined(all)).toHaveLength(3)
})
