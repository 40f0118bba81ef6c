import { describe, expect, test } from "bun:test"
import type { CapabilityStatement } from "fhir/r4"
import { openSandbox } from "../../../src/admin/sandbox/index.ts"
import { issueOf, openAsking, patient, transaction } from "./ask.ts"

describe("one resource at a time", () => {
  test("create, read, update and delete", async () => {
    const sandbox = openAsking()
    const created = await sandbox.fetch("POST", "/Patient", { body: patient("1", { id: "mine" }) })
    expect(created.status).toBe(201)
    expect(created.headers.get("etag")).toBe('W/"1"')
    const location = created.headers.get("location") ?? ""
    expect(location).toMatch(/^http:\/\/127.0.0.1:8575\/sandbox\/fhir\/Patient\/.*\/_history\/1$/)
    const place = location.replace(/^.*fhir|\/_history.*$/g, "")
    const id = place.slice("/Patient/".length)
    expect(id).not.toBe("mine")

    const read = await sandbox.fetch("GET", place)
    expect(read.headers.get("etag")).toBe('W/"1"')
    expect(await read.json()).toMatchObject({ ...patient("1"), id, meta: { versionId: "1" } })

    const updated = await sandbox.fetch("PUT", place, { body: { ...patient("2"), id } })
    expect([updated.status, updated.headers.get("etag")]).toEqual([200, 'W/"2"'])

    expect((await sandbox.fetch("DELETE", place)).status).toBe(204)
    const gone = await sandbox.fetch("GET", place)
    expect(gone.status).toBe(404)
    expect(await issueOf(gone)).toMatchObject({ code: "not-found", expression: undefined })
    expect(await sandbox.search("/Patient?identifier=urn:site|2")).toMatchObject({ total: 0 })
  })

  test("create on condition: 201 the first time, 200 the second", async () => {
    const sandbox = openAsking()
    const headers = { "if-none-exist": "identifier=urn:site|1" }
    const statuses = []
    for (const body of [patient("1"), patient("1")]) {
      statuses.push((await sandbox.fetch("POST", "/Patient", { body, headers })).status)
    }
    expect(statuses).toEqual([201, 200])
  })

  test("update and delete on condition", async () => {
    const sandbox = openAsking()
    const place = "/Patient?identifier=urn:site|1"
    const put = () => sandbox.fetch("PUT", place, { body: patient("1") })
    expect([(await put()).status, (await put()).status]).toEqual([201, 200])
    expect((await sandbox.fetch("DELETE", place)).status).toBe(204)
    expect((await sandbox.fetch("DELETE", place)).status).toBe(204)
    expect(sandbox.count()).toBe(0)
  })

  test("an update of a version that is no longer the latest is refused", async () => {
    const sandbox = openAsking()
    const put = (version: string) =>
      sandbox.fetch("PUT", "/Patient/a", {
        body: patient("1", { id: "a" }),
        headers: { "if-match": version },
      })
    expect((await put('W/"1"')).status).toBe(412)
    expect((await put('W/"0"')).status).toBe(201)
    expect((await put('W/"1"')).status).toBe(200)
  })

  test("nothing comes back where nothing is asked for", async () => {
    const response = await openAsking().fetch("POST", "/Patient", {
      body: patient("1"),
      headers: { prefer: "return=minimal" },
    })
    expect([response.status, await response.text()]).toEqual([201, ""])
  })
})

describe("what can't be taken is refused with an OperationOutcome", () => {
  test.each([
    ["no JSON", "{", {}, 400, "the body is not JSON"],
    ["nothing", "", {}, 400, "the body is not JSON"],
    ["JSON that is no resource", [], {}, 400, "no resourceType"],
    ["a resource that is no Bundle", patient("1"), {}, 400, "takes a Bundle, not a Patient"],
    ["a batch", { ...transaction(), type: "batch" }, {}, 400, "must be transaction, not batch"],
    ["entries that are no list", { ...transaction(), entry: {} }, {}, 400, "list of objects"],
    ["an entry of null", transaction(null), {}, 400, "list of objects"],
    ["a web form", transaction(), { "content-type": "text/plain" }, 415, "not text/plain"],
  ])("%s", async (_what, body, headers, status, diagnostics) => {
    const response = await openAsking().fetch("POST", "/", { body, headers })
    expect(response.status).toBe(status)
    expect(await issueOf(response)).toMatchObject({
      resourceType: "OperationOutcome",
      diagnostics: expect.stringContaining(diagnostics),
    })
  })

  test("a method that it does not know", async () => {
    const response = await openAsking().fetch("PATCH", "/Patient/1", { body: {} })
    expect([response.status, (await issueOf(response)).code]).toEqual([404, "not-supported"])
  })
})

describe("who is answered", () => {
  test.each(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])("%s is", async (peer) => {
    expect((await openAsking().fetch("GET", "/Patient", { peer })).status).toBe(200)
  })

  test.each(["10.0.0.5", "192.168.1.2", "::ffff:10.0.0.5", "fe80::1", "127.evil", ""])(
    "%j is not, not even about what there is",
    async (peer) => {
      const sandbox = openAsking()
      for (const place of ["", "/Patient", "/nix", "/metadata"]) {
        const response = await sandbox.fetch("GET", place, { peer })
        expect([response.status, (await issueOf(response)).code]).toEqual([403, "forbidden"])
      }
      const body = patient("1")
      expect((await sandbox.fetch("POST", "/Patient", { body, peer })).status).toBe(403)
      expect(sandbox.count()).toBe(0)
    },
  )
})

test("a peer that is not known is not answered", async () => {
  const { app } = openSandbox()
  expect((await app.request("/sandbox/fhir/Patient")).status).toBe(403)
  const gone = { requestIP: () => null }
  expect((await app.request("/sandbox/fhir/Patient", {}, gone)).status).toBe(403)
})

describe("what it says of itself", () => {
  test("every answer is marked as for commissioning only", async () => {
    const sandbox = openAsking()
    for (const place of ["", "/Patient", "/Nix", "/metadata", "/a/b/c/d"]) {
      const response = await sandbox.fetch("GET", place)
      expect(response.headers.get("waystation-sandbox")).toContain("commissioning only")
    }
  })

  test("its base tells a person what it is", async () => {
    const text = await (await openAsking().fetch("GET", "/")).text()
    expect(text).toContain("for commissioning only")
    expect(text).toContain("http://127.0.0.1:8575/sandbox/fhir/Patient")
  })

  test("its CapabilityStatement says what it can and that nothing is kept", async () => {
    const statement = (await (
      await openAsking().fetch("GET", "/metadata")
    ).json()) as CapabilityStatement
    expect(statement).toMatchObject({
      resourceType: "CapabilityStatement",
      fhirVersion: "4.0.1",
      implementation: { description: expect.stringContaining("commissioning only") },
    })
    const resources = statement.rest?.[0]?.resource ?? []
    expect(resources).toHaveLength(146)
    const params = (type: string) =>
      resources.find((one) => one.type === type)?.searchParam?.map((param) => param.name)
    expect(params("Patient")).toContain("identifier")
    expect(params("Provenance")).not.toContain("identifier")
  })

  test("a browser gets JSON that can be read", async () => {
    const sandbox = openAsking()
    const headers = { accept: "text/html,application/xhtml+xml" }
    const response = await sandbox.fetch("GET", "/Patient", { headers })
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(await response.text()).toContain('\n  "type": "searchset"')
    const plain = await sandbox.fetch("GET", "/Patient")
    expect(plain.headers.get("content-type")).toContain("application/fhir+json")
    expect(await plain.text()).not.toContain("\n")
  })
})
