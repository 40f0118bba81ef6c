import { describe, expect, test } from "bun:test"
import { ownIdentifier, ownIdentifierOf, siteSystem } from "../../src/fhir/identity.ts"

describe("our own identifier", () => {
  const id = (...key: string[]) => ownIdentifier("kisumu-01", "Patient", ...key).value

  test("is the same for the same business key, today and after an upgrade", () => {
    expect(ownIdentifier("kisumu-01", "Patient", "KISUMU|A1")).toEqual({
      system: "urn:waystation:kisumu-01",
      value: "a07c99ae-bd18-5f57-9d6e-73823a56f12a",
    })
  })

  test("never meets that of another site, type or key", () => {
    const all = [
      id("KISUMU|A1"),
      id("KISUMU|A2"),
      ownIdentifier("kisumu-02", "Patient", "KISUMU|A1").value,
      ownIdentifier("kisumu-01", "Person", "KISUMU|A1").value,
      id("KISUMU", "A1"),
      id("KISUMU", "A", "1"),
      id('KISUMU","A1'),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  test("is found among the identifiers of a resource by the system of the site", () => {
    const own = ownIdentifier("kisumu-01", "Patient", "A1")
    const others = [{ system: "urn:waystation:kisumu-01:KISUMU", value: "A1" }, { value: "x" }]
    const patient = { resourceType: "Patient", identifier: [...others, own] } as const
    expect(ownIdentifierOf("kisumu-01", { ...patient, identifier: [...others, own] })).toEqual(own)
    expect(ownIdentifierOf("kisumu-01", { ...patient, identifier: others })).toBeUndefined()
    expect(ownIdentifierOf("kisumu-01", { resourceType: "Binary", contentType: "a/b" })).toBe(
      undefined,
    )
  })
})

test("the name of a local system is a URI whatever the sender called it", () => {
  expect(siteSystem("kisumu-01", "Lab & Sons / 2")).toBe(
    "urn:waystation:kisumu-01:Lab%20%26%20Sons%20%2F%202",
  )
})
