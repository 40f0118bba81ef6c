import { describe, expect, test } from "bun:test"
import type { Bundle, FhirResource } from "fhir/r4"
import { issueOf, openAsking, patient } from "./ask.ts"

async function openWith(...resources: { resourceType: string; id?: string }[]) {
  const sandbox = openAsking()
  await sandbox.transact(
    ...resources.map((resource) => ({
      resource,
      request: resource.id
        ? { method: "PUT", url: `${resource.resourceType}/${resource.id}` }
        : { method: "POST", url: resource.resourceType },
    })),
  )
  return sandbox
}

describe("searching by identifier", () => {
  test.each([
    ["urn:site|1", 1],
    ["1", 2],
    ["|1", 1],
    ["urn:site|", 2],
    ["urn:site|1,urn:site|2", 2],
    ["urn:site|3", 0],
    ["urn:other|1", 0],
    ["site|1", 0],
  ])("%s finds %d", async (value, total) => {
    const bare = { resourceType: "Patient", identifier: [{ value: "1" }] }
    const sandbox = await openWith(patient("1"), patient("2"), bare)
    const place = `/Patient?identifier=${encodeURIComponent(value)}`
    expect(await sandbox.search(place)).toMatchObject({ type: "searchset", total })
  })

  test("a value with a comma in it is asked for with a backslash", async () => {
    const sandbox = await openWith(patient("a,b"), patient("a"), patient("b"))
    expect(await sandbox.search("/Patient?identifier=urn:site|a\\,b")).toMatchObject({ total: 1 })
  })

  test("two parameters must both be met", async () => {
    const sandbox = await openWith(patient("1", { id: "a" }), patient("2", { id: "b" }))
    const place = "/Patient?identifier=urn:site|1&_id="
    expect(await sandbox.search(`${place}a`)).toMatchObject({ total: 1 })
    expect(await sandbox.search(`${place}b`)).toMatchObject({ total: 0 })
  })
})

test.each([
  ["Observation?patient=a", 1],
  ["Observation?patient=Patient/a", 1],
  ["Observation?subject=Patient/a", 1],
  ["Observation?subject=http://127.0.0.1:8575/sandbox/fhir/Patient/a", 1],
  ["Observation?subject=Patient/b", 0],
  ["Coverage?patient=a", 1],
  ["Observation?_tag=urn:t|x", 1],
  ["Observation?_tag=y", 0],
  ["Observation?_id=o", 1],
])("%s finds %d", async (place, total) => {
  const sandbox = await openWith(
    {
      resourceType: "Observation",
      id: "o",
      ...{ meta: { tag: [{ system: "urn:t", code: "x" }] }, subject: { reference: "Patient/a" } },
    },
    { resourceType: "Coverage", ...{ beneficiary: { reference: "Patient/a" } } },
  )
  expect(await sandbox.search(`/${place}`)).toMatchObject({ total })
})

describe("pages", () => {
  const many = Array.from({ length: 7 }, (_, index) => patient(`${index}`, { id: `p${index}` }))

  test("following next gives every resource once, newest first", async () => {
    const sandbox = await openWith(...many)
    const ids: (string | undefined)[] = []
    let place: string | undefined = "/Patient?_count=3"
    while (place !== undefined) {
      const page: Bundle<FhirResource> = await sandbox.search(place)
      expect(page.total).toBe(7)
      ids.push(...(page.entry ?? []).map((entry) => entry.resource?.id))
      const next = page.link?.find((link) => link.relation === "next")
      place = next?.url.replace("http://127.0.0.1:8575/sandbox/fhir", "")
    }
    expect(ids).toEqual(["p6", "p5", "p4", "p3", "p2", "p1", "p0"])
  })

  test("the last page has no next, also when it is full", async () => {
    const sandbox = await openWith(...many)
    expect((await sandbox.search("/Patient?_count=7")).link).toHaveLength(1)
    expect((await sandbox.search("/Patient?_count=6")).link).toHaveLength(2)
  })

  test("a count alone has no entries and no next page", async () => {
    const sandbox = await openWith(...many)
    for (const place of ["/Patient?_summary=count", "/Patient?_count=0"]) {
      const page = await sandbox.search(place)
      expect(page).toMatchObject({ total: 7, link: [{ relation: "self" }] })
      expect(page).not.toHaveProperty("entry")
    }
  })
})

test.each([
  ["/Nix", 404, '"Nix" is no R4 resource type'],
  ["/Patient?name=Jane", 400, 'unknown search parameter "name"'],
  ["/Provenance?identifier=1", 400, "Provenance has no search parameter"],
  ["/Patient?identifier=", 400, 'search parameter "identifier" is empty'],
  ["/Patient?_count=many", 400, "_count must be a whole number"],
  ["/Patient?_offset=-1", 400, "_offset must be a whole number"],
  ["/Patient?_summary=text", 400, "only count and false"],
  ["/Patient/1/_history", 404, "does not know GET"],
])("%s is refused with %d and a reason", async (place, status, diagnostics) => {
  const response = await openAsking().fetch("GET", place)
  expect(response.status).toBe(status)
  expect(await issueOf(response)).toMatchObject({
    resourceType: "OperationOutcome",
    diagnostics: expect.stringContaining(diagnostics),
  })
})
