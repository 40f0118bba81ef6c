import { expect, test } from "bun:test"
import { type Config, parseConfig, type StartProblem } from "../src/config.ts"
import { destinations } from "../src/destination/index.ts"
import { sources } from "../src/source/index.ts"
import { openStore, type Store } from "../src/store/index.ts"
import { takeOver } from "../src/take-over.ts"
import { temporaryFolder } from "./build.ts"
import { delivered, dueFor, oweAll, settleAs } from "./store/lanes/owing.ts"

function configOf(id: string, renamedFrom?: string): Config {
  const central = { kind: "fhir", url: "http://127.0.0.1:9/fhir" }
  const site = { id, ...(renamedFrom !== undefined && { renamedFrom }) }
  return parseConfig({ site, destination: { central } }, { sources, destinations })
}

/** A store that ran as kisumu-01, and with a message that is delivered or still pending. */
async function storeOfKisumu(state: "delivered" | "pending"): Promise<Store> {
  const store = await openStore(temporaryFolder())
  await takeOver(store, configOf("kisumu-01"))
  await oweAll(store, [{ subjects: ["P-1"] }])
  const [one] = await dueFor(store)
  if (one && state === "delivered") await settleAs(store, one, delivered)
  return store
}

const problemOf = (starting: Promise<void>) =>
  starting.then(
    () => undefined,
    (error: unknown) => (error as StartProblem).problems.join(),
  )

test("a site that is named otherwise does not deliver everybody a second time", async () => {
  const store = await storeOfKisumu("delivered")
  for (let starts = 0; starts < 2; starts++) {
    const problem = await problemOf(takeOver(store, configOf("kisumu-02")))
    expect(problem).toContain("has delivered as kisumu-01 (1 times)")
    expect(problem).toContain('renamedFrom = "kisumu-01"')
  }
  expect(await problemOf(takeOver(store, configOf("kisumu-01")))).toBeUndefined()
  await store.close()
})

test("a site gets another name once somebody has said so, for that one change", async () => {
  const store = await storeOfKisumu("delivered")
  expect(await problemOf(takeOver(store, configOf("b", "a")))).toContain("kisumu-01")
  for (const [id, before] of [["b", "kisumu-01"], ["b"], ["c", "b"]] as const) {
    expect(await problemOf(takeOver(store, configOf(id, before)))).toBeUndefined()
  }
  expect(await problemOf(takeOver(store, configOf("d", "b")))).toContain("delivered as c")
  await store.close()
})

test("a site may be named otherwise for as long as nothing was delivered", async () => {
  const store = await storeOfKisumu("pending")
  expect(await problemOf(takeOver(store, configOf("kisumu-02")))).toBeUndefined()
  await store.close()
})
