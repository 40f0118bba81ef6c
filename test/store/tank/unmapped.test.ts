import { expect, test } from "bun:test"
import type { Unmapped } from "../../../src/mapping.ts"
import type { Delivery, Outcome } from "../../../src/message.ts"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { delivered, dueFor, held, oweAll } from "../lanes/owing.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

function code(code: string, given: Partial<Unmapped> = {}): Unmapped {
  const met = { codeMap: "lab-tests", source: "lab", field: "OBX-3", system: "L", display: "" }
  return { ...met, code, ...given }
}

/** A store that owes so many messages, each about a patient of its own. */
async function storeOwing(folder: string, messages: number) {
  const store = await storeIn(folder)
  await oweAll(
    store,
    Array.from({ length: messages }, (_, index) => ({ subjects: [`P${index}`] })),
  )
  return { store, due: await dueFor(store, { limit: messages }) }
}

function settle(
  store: Store,
  delivery: Delivery | undefined,
  unmapped: readonly Unmapped[],
  { outcome = delivered, at = 1 }: { outcome?: Outcome; at?: number } = {},
) {
  if (!delivery) throw new Error("nothing was due")
  const { id, destination, message } = delivery
  const settlement = { outcome, dueAt: 0, told: [], notes: [], unmapped, at }
  return store.settle({ id, destination, messageId: message.id }, settlement)
}

const brief = async (store: Store) =>
  (await store.unmapped()).map(({ code, count, messageId }) => [code, count, messageId])

test("a code is listed with how often it was met, when, and in which message last", async () => {
  const folder = temporaryFolder()
  const { store, due } = await storeOwing(folder, 3)
  await settle(store, due[0], [code("GLU", { display: "Glucose" }), code("K")], { at: 10 })
  await settle(store, due[1], [code("GLU", { display: "Glucose, fasting" })], { at: 20 })
  await settle(store, due[2], [code("GLU", { source: "poc" })], { at: 30, outcome: held })
  const glucose = { ...code("GLU"), display: "Glucose, fasting", count: 2 }
  const expected = [
    { ...glucose, firstAt: 10, lastAt: 20, messageId: 2 },
    { ...code("K"), count: 1, firstAt: 10, lastAt: 10, messageId: 1 },
    { ...code("GLU", { source: "poc" }), count: 1, firstAt: 30, lastAt: 30, messageId: 3 },
  ]
  expect(await store.unmapped()).toEqual(expected)
  await close(store)
  expect(await (await storeIn(folder)).unmapped()).toEqual(expected)
})

test("a code that is to be sent again is counted when it has arrived, and once", async () => {
  const { store, due } = await storeOwing(temporaryFolder(), 1)
  const outcome: Outcome = { outcome: "retry", reason: "gone" }
  await settle(store, due[0], [code("GLU")], { outcome })
  expect(await brief(store)).toEqual([])
  await settle(store, due[0], [code("GLU")])
  expect(await brief(store)).toEqual([["GLU", 1, 1]])
})

test("a code that has a place now leaves the list, and comes back anew", async () => {
  const { store, due } = await storeOwing(temporaryFolder(), 2)
  await settle(store, due[0], [code("GLU"), code("K")])
  await store.strikeUnmapped((met) => met.code !== "GLU")
  expect(await brief(store)).toEqual([["K", 1, 1]])
  await settle(store, due[1], [code("GLU"), code("K")])
  expect(await brief(store)).toEqual([
    ["K", 2, 2],
    ["GLU", 1, 2],
  ])
})

test("a sender that makes up codes fills neither the list nor a line of it", async () => {
  const folder = temporaryFolder()
  const { store, due } = await storeOwing(folder, 4)
  const made = Array.from({ length: 10_050 }, (_, index) => code(`${index}`))
  await settle(store, due[0], [code("GLU"), ...made])
  expect(await store.unmapped()).toHaveLength(10_000)
  await settle(store, due[1], [code("GLU"), code("new")])
  expect((await brief(store))[0]).toEqual(["GLU", 2, 2])
  await close(store)
  const again = await storeIn(folder)
  await settle(again, due[2], [code("new")])
  expect(await again.unmapped()).toHaveLength(10_000)
  await again.strikeUnmapped((met) => met.code === "GLU")
  await settle(again, due[3], [code("new")])
  expect(await brief(again)).toEqual([
    ["GLU", 2, 2],
    ["new", 1, 4],
  ])
})

test("a text of a thousand characters is kept with its first two hundred", async () => {
  const { store, due } = await storeOwing(temporaryFolder(), 1)
  const long = "x".repeat(1_000)
  await settle(store, due[0], [code(long, { display: long, system: long })])
  const [met] = await store.unmapped()
  expect([met?.code, met?.display, met?.system].map((text) => text?.length)).toEqual([
    200, 200, 200,
  ])
})
