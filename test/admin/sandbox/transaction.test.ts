import { describe, expect, test } from "bun:test"
import type { Bundle, FhirResource } from "fhir/r4"
import { createIfNone, openAsking, patient, transaction, update } from "./ask.ts"

const urn = "urn:uuid:00000000-0000-4000-8000-000000000001"
const result = (subject: string, more: object = {}) => ({
  resourceType: "Observation",
  identifier: [{ system: "urn:site", value: "wbc" }],
  subject: { reference: subject },
  ...more,
})

describe("conditional creates and updates", () => {
  test("a resource that is not there is created, and said where", async () => {
    const sandbox = openAsking()
    const [response] = await sandbox.transact(createIfNone(patient("1"), "1"))
    expect(response).toEqual({
      status: "201 Created",
      location: expect.stringMatching(/^Patient\/[0-9a-f-]{36}\/_history\/1$/),
      etag: 'W/"1"',
      lastModified: "2026-04-15T00:00:00.000Z",
    })
  })

  test("a create that finds its resource leaves it as it is", async () => {
    const sandbox = openAsking()
    const [first] = await sandbox.transact(createIfNone(patient("1"), "1"))
    const [second] = await sandbox.transact(createIfNone(patient("1", { active: true }), "1"))
    expect(second).toMatchObject({ status: "200 OK", location: first?.location })
    expect((await sandbox.search("/Patient")).entry?.[0]?.resource).not.toHaveProperty("active")
  })

  test("an update replaces, under the next version", async () => {
    const sandbox = openAsking()
    await sandbox.transact(update(patient("1", { active: true }), "1"))
    const [second] = await sandbox.transact(update(patient("1", { gender: "female" }), "1"))
    expect(second).toMatchObject({ status: "200 OK", etag: 'W/"2"' })
    const { entry = [] } = await sandbox.search("/Patient")
    expect(entry).toHaveLength(1)
    expect(entry[0]?.resource).toMatchObject({ gender: "female", meta: { versionId: "2" } })
    expect(entry[0]?.resource).not.toHaveProperty("active")
  })

  test("an identifier taken away by an update no longer finds the resource", async () => {
    const sandbox = openAsking()
    const [{ location = "" } = {}] = await sandbox.transact(update(patient("1"), "1"))
    const [, id] = location.split("/")
    const request = { method: "PUT", url: `Patient/${id}` }
    await sandbox.transact({ resource: { ...patient("2"), id }, request })
    expect(await sandbox.search("/Patient?identifier=urn:site|1")).toMatchObject({ total: 0 })
    expect(await sandbox.search("/Patient?identifier=urn:site|2")).toMatchObject({ total: 1 })
  })

  test("a Provenance, which has no identifier, is found by its tag", async () => {
    const sandbox = openAsking()
    const meta = { tag: [{ system: "urn:site", code: "p1" }] }
    const request = { method: "POST", url: "Provenance", ifNoneExist: "_tag=urn:site%7Cp1" }
    const entry = { resource: { resourceType: "Provenance", meta }, request }
    await sandbox.transact(entry)
    expect(await sandbox.transact(entry)).toMatchObject([{ status: "200 OK" }])
    expect(sandbox.count("Provenance")).toBe(1)
  })

  test("several matches are refused with 412, never guessed between", async () => {
    const sandbox = openAsking()
    const create = { resource: patient("1"), request: { method: "POST", url: "Patient" } }
    await sandbox.transact(create, create)
    for (const entry of [createIfNone(patient("1"), "1"), update(patient("1"), "1")]) {
      expect(await sandbox.refused(entry)).toMatchObject({ status: 412, code: "multiple-matches" })
    }
  })
})

describe("references between entries", () => {
  test("lead to where the other entry went, however deep they stand", async () => {
    const sandbox = openAsking()
    const observation = result(urn, {
      performer: [{ reference: urn }],
      contained: [{ resourceType: "Device", id: "d", patient: { reference: urn } }],
      device: { reference: "#d" },
      extension: [{ url: "urn:x", valueReference: { reference: urn, display: "Jane" } }],
      component: [{ valueAttachment: { url: urn } }],
      note: [{ text: urn }],
    })
    const [, where] = await sandbox.transact(reported(observation), update(patient("1"), "1", urn))
    const [type, id] = where?.location?.split("/") ?? []
    const target = `${type}/${id}`
    const { entry = [] } = await sandbox.search("/Observation")
    expect(entry[0]?.resource).toMatchObject({
      subject: { reference: target },
      performer: [{ reference: target }],
      contained: [{ patient: { reference: target } }],
      device: { reference: "#d" },
      extension: [{ url: "urn:x", valueReference: { reference: target, display: "Jane" } }],
      component: [{ valueAttachment: { url: target } }],
      note: [{ text: urn }],
    })
  })

  test("lead to the resource that a conditional create found there already", async () => {
    const sandbox = openAsking()
    const [first] = await sandbox.transact(createIfNone(patient("1"), "1"))
    await sandbox.transact(createIfNone(patient("1"), "1", urn), reported(result(urn)))
    const [type, id] = first?.location?.split("/") ?? []
    expect(await sandbox.search(`/Observation?subject=${type}/${id}`)).toMatchObject({ total: 1 })
  })

  test("that lead to no entry are refused, and nothing is done", async () => {
    const sandbox = openAsking()
    const entries = [update(patient("1"), "1"), reported(result(urn))]
    expect(await sandbox.refused(...entries)).toMatchObject({
      status: 400,
      diagnostics: `the reference ${urn} is the fullUrl of no entry that stays`,
      expression: ["Bundle.entry[1]"],
    })
    expect(sandbox.count()).toBe(0)
  })
})

describe("a transaction is done whole or not at all", () => {
  const good = update(patient("1"), "1")
  const at = (method: string, url: string) => ({ request: { method, url }, resource: patient("2") })
  test.each([
    ["no request", {}, 400],
    ["no resource", { request: { method: "POST", url: "Patient" } }, 400],
    ["a resource of null", { ...at("POST", "Patient"), resource: null }, 400],
    ["another type than its url", at("POST", "Observation"), 400],
    ["a type that does not exist", at("POST", "Patienten"), 404],
    ["a create with an id in its url", at("POST", "Patient/1"), 400],
    ["an update of nothing named", at("PUT", "Patient"), 400],
    ["an update under another id", at("PUT", "Patient/other"), 400],
    ["an update by a search that says nothing", at("PUT", "Patient?"), 412],
    ["an update by an unknown search", at("PUT", "Patient?name=x"), 400],
    ["an update by a page", at("PUT", "Patient?_count=1"), 400],
    ["an address with too much in it", at("PUT", "Patient/1/2"), 400],
    ["a whole address", at("POST", "http://127.0.0.1/Patient"), 400],
    ["a method of its own", at("PATCH", "Patient/1"), 400],
    ["a read of what is not there", at("GET", "Patient/nix"), 404],
    ["the same resource twice", update(patient("1"), "1"), 400],
    [
      "an id that is none",
      { ...at("PUT", "Patient?_id=x"), resource: patient("2", { id: "ü" }) },
      400,
    ],
    ["a condition that is no text", { ...at("POST", "Patient"), request: notText }, 400],
  ])("refused for %s", async (_what, bad, status) => {
    const sandbox = openAsking()
    const expected = { status, resourceType: "OperationOutcome", expression: ["Bundle.entry[1]"] }
    expect(await sandbox.refused(good, bad)).toMatchObject(expected)
    expect(sandbox.count()).toBe(0)
  })

  test("two entries that turn out to write one resource are refused", async () => {
    const sandbox = openAsking()
    const byId = {
      resource: patient("1", { id: "a" }),
      request: { method: "PUT", url: "Patient/a" },
    }
    await sandbox.transact(byId)
    expect(await sandbox.refused(byId, update(patient("1"), "1"))).toMatchObject({
      status: 400,
      diagnostics: "two entries write Patient/a",
    })
  })

  test("answers stand in the order of the entries, whatever order they are done in", async () => {
    const sandbox = openAsking()
    await sandbox.transact({
      resource: patient("old", { id: "old" }),
      request: { method: "PUT", url: "Patient/old" },
    })
    const answers = await sandbox.transact(
      { request: { method: "GET", url: "Patient/new" } },
      { resource: patient("new", { id: "new" }), request: { method: "PUT", url: "Patient/new" } },
      createIfNone(patient("old"), "old"),
      { request: { method: "DELETE", url: "Patient/old" } },
    )
    // The delete comes first, so that the create no longer finds what it deletes.
    const statuses = answers.map((answer) => answer?.status)
    expect(statuses).toEqual(["200 OK", "201 Created", "201 Created", "204 No Content"])
    expect(sandbox.count("Patient")).toBe(2)
  })

  test("resources come back only where they are asked for", async () => {
    const sandbox = openAsking()
    const body = transaction(update(patient("1"), "1"))
    const entryFor = async (prefer: string) => {
      const response = await sandbox.fetch("POST", "", { body, headers: { prefer } })
      return ((await response.json()) as Bundle<FhirResource>).entry?.[0]
    }
    expect((await entryFor("return=minimal"))?.resource).toBeUndefined()
    expect((await entryFor("return=representation"))?.resource).toMatchObject(patient("1"))
  })

  test("a transaction of nothing is done", async () => {
    const sandbox = openAsking()
    const response = await sandbox.fetch("POST", "", { body: transaction() })
    expect(response.status).toBe(200)
  })
})

describe("when the sandbox is full", () => {
  test("new resources are refused with 507, updates go on", async () => {
    const sandbox = openAsking({ resourcesMax: 1 })
    await sandbox.transact(update(patient("1"), "1"))
    expect(await sandbox.refused(update(patient("2"), "2"))).toMatchObject({
      status: 507,
      diagnostics: expect.stringContaining("full"),
    })
    expect(await sandbox.transact(update(patient("1"), "1"))).toMatchObject([{ status: "200 OK" }])
  })

  test("a few large resources fill it as well as many small ones", async () => {
    const sandbox = openAsking({ bytesMax: 1000 })
    await sandbox.transact(update(patient("1", { language: "x".repeat(1000) }), "1"))
    expect(await sandbox.refused(update(patient("2"), "2"))).toMatchObject({ status: 507 })
    expect(await sandbox.transact(update(patient("1"), "1"))).toMatchObject([{ status: "200 OK" }])
  })
})

const notText = { method: "POST", url: "Patient", ifNoneExist: 5 }

function reported(resource: { resourceType: string }) {
  return update(resource, "wbc")
}
