import { describe, expect, test } from "bun:test"
import { temporaryFolder } from "../../build.ts"
import { delivered, note, purge, retention, rows, start, takeInFor } from "../aged.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn } = storesOfThisFile()

/** A store that told central, by one message on each of these days, of these resources. */
async function toldOf(days: Record<number, readonly string[]>) {
  const folder = temporaryFolder()
  const store = await storeIn(folder)
  for (const [at, resources] of Object.entries(days)) {
    await takeInFor(store, 1, "central")
    const options = { now: start, patienceMs: 1, limit: 1, except: new Set<number>() }
    const [due] = await store.next("central", options)
    if (due === undefined) throw new Error("nothing is due")
    const { id, message } = due
    const told = resources.map((resource) => {
      return { resource, part: "ORC-1", value: "{}", messageId: message.id }
    })
    const settlement = { outcome: delivered, dueAt: 0, told, notes: [], at: start }
    await store.settle({ id, destination: "central", messageId: message.id }, settlement)
    await note(store, Number(at))
  }
  const known = () =>
    rows<{ resource: string }>(folder, "SELECT resource FROM known").map((row) => row.resource)
  return { store, known }
}

describe("what a destination was told", () => {
  test("of an order is forgotten two years after the last message about it", async () => {
    const { store, known } = await toldOf({
      0: ["ServiceRequest/1", "ServiceRequest/2", "Appointment/1"],
      100: ["ServiceRequest/2"],
    })
    await purge(store, 729)
    expect(known()).toHaveLength(3)
    await purge(store, 731)
    expect(known()).toEqual(["ServiceRequest/2"])
    await purge(store, 831)
    expect(known()).toEqual([])
  })

  test("of patients, visits, accounts, problems and staff is never forgotten", async () => {
    const lasting = ["Account/1", "Condition/1", "Encounter/1", "Patient/1", "Practitioner/1"]
    const { store, known } = await toldOf({ 0: [...lasting, "ServiceRequest/1"] })
    await purge(store, 10_000)
    expect(known()).toEqual(lasting)
  })

  test("of hundreds of orders between thousands of patients is found", async () => {
    const some = (type: string, count: number) =>
      Array.from({ length: count }, (_, at) => `${type}/${String(at).padStart(4, "0")}`)
    const all = [...some("Appointment", 200), ...some("Patient", 900), ...some("Task", 200)]
    const { store, known } = await toldOf({ 0: all })
    await purge(store, 731)
    expect(known()).toEqual(some("Patient", 900))
  })

  test("is looked through once a day", async () => {
    const { store, known } = await toldOf({ 0: ["Task/1"] })
    await purge(store, 729.9)
    await purge(store, 730.5)
    expect(known()).toEqual(["Task/1"])
    await purge(store, 731)
    expect(known()).toEqual([])
  })

  test("is kept for as long as the configuration says", async () => {
    const { store, known } = await toldOf({ 0: ["Task/1"] })
    await purge(store, 60, { ...retention, known: retention.delivered })
    expect(known()).toEqual([])
  })
})
