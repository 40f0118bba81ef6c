import { describe, expect, test } from "bun:test"
import type { Observation, Patient } from "fhir/r4"
import { national, openPlacing, patientId, result } from "./place.ts"

const open = () => openPlacing({ write: "put" })

describe("a destination that is written to under ids of ours", () => {
  test("keeps each resource under our own, and what refers to it goes there", async () => {
    await using placing = await open()
    expect((await placing.send(result("owned", { gender: "female" }))).outcome).toBe("delivered")
    expect(await placing.list("Patient")).toMatchObject([{ id: patientId, gender: "female" }])
    const [observation] = await placing.list<Observation>("Observation")
    expect(observation?.subject).toEqual({ reference: `Patient/${patientId}` })
    const [entry] = placing.posted().entry ?? []
    expect(entry).toMatchObject({
      fullUrl: `${placing.central.url}/Patient/${patientId}`,
      request: { method: "PUT", url: `Patient/${patientId}` },
    })
  })

  test("a correction lands on the same resource", async () => {
    await using placing = await open()
    await placing.send(result("owned", { value: "1" }))
    await placing.send(result("owned", { value: "2" }))
    expect(await placing.list("Observation")).toMatchObject([{ valueString: "2" }])
  })

  test("a patient that is only mentioned is made where absent, under our id", async () => {
    await using placing = await open()
    await placing.send(result("mentioned", { gender: "female" }))
    expect(await placing.list("Patient")).toMatchObject([{ id: patientId, gender: "female" }])
    // One that minds it would sooner refuse than overwrite what somebody has made meanwhile.
    expect(placing.posted().entry?.[0]?.request?.ifNoneMatch).toBe("*")
  })

  test("one that is there is never overwritten, also by a box that has just started", async () => {
    await using placing = await open()
    await placing.send(result("owned", { gender: "female" }))
    expect(await placing.send(result("mentioned", { gender: "male" }))).toMatchObject({
      outcome: "delivered",
      receipt: { entries: 1 },
    })
    expect(await placing.list<Patient>("Patient")).toMatchObject([{ gender: "female" }])
  })

  test("what was found to be there is not looked up again", async () => {
    await using placing = await open()
    for (let i = 0; i < 3; i++) await placing.send(result("mentioned"))
    const searches = placing.central.requests.filter(({ method }) => method === "GET")
    expect(searches.map(({ path }) => path)).toEqual([
      `/fhir/Patient?_id=${patientId}&_elements=id&_count=1`,
    ])
  })

  test("after a refusal it is, since somebody may have deleted it", async () => {
    await using placing = await open()
    await placing.send(result("mentioned"))
    placing.central.fault = { status: 422 }
    await placing.send(result("mentioned"))
    placing.central.fault = "none"
    await fetch(`${placing.central.url}/Patient/${patientId}`, { method: "DELETE" })
    expect((await placing.send(result("mentioned"))).outcome).toBe("delivered")
    expect(placing.central.count("Patient")).toBe(1)
  })

  test("what is sent is left as it was, so that it can be sent again", async () => {
    await using placing = await open()
    const bundle = result("mentioned")
    const before = JSON.stringify(bundle)
    await placing.send(bundle)
    expect(JSON.stringify(bundle)).toBe(before)
  })

  test("a server that can't be searched is not written to blindly", async () => {
    await using placing = await open()
    placing.central.fault = { status: 403 }
    expect(await placing.send(result("mentioned"))).toMatchObject({ outcome: "pause" })
    expect(placing.central.requests.map(({ method }) => method)).toEqual(["GET"])
  })

  test("a patient the centre knows by another number keeps its id there", async () => {
    await using placing = await openPlacing({ write: "put", patientMatch: [national] })
    const jane = { identifier: [{ system: national, value: "N-1" }] }
    const id = await placing.keep(jane)
    expect((await placing.send(result("mentioned", jane))).outcome).toBe("delivered")
    expect(await placing.list("Patient")).toMatchObject([{ id }])
    const [observation] = await placing.list<Observation>("Observation")
    expect(observation?.subject?.reference).toBe(`Patient/${id}`)
  })
})
