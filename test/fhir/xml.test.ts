import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Bundle, Organization, Patient } from "fhir/r4"
import { readXml } from "../../src/fhir/read-xml.ts"
import { writeXml } from "../../src/fhir/write-xml.ts"
import { jsonOf, xmlOf } from "../fake/xml.ts"

const folder = join(import.meta.dir, "../golden")
const bundles = readdirSync(folder)
  .sort()
  .flatMap((file) => {
    const [, ...expected] = readFileSync(join(folder, file), "utf8").split(/^-{8}$/m)
    return expected
      .map((text) => text.trim())
      .filter((text) => text.startsWith('{\n  "resourceType"'))
      .map((text): [string, Bundle] => [file, JSON.parse(text) as Bundle])
  })

describe("every Bundle our maps are held to", () => {
  test("there are some", () => expect(bundles.length).toBeGreaterThan(20))

  test.each(bundles)(
    "%s: another program reads from our XML what our JSON says",
    (_file, bundle) => {
      expect(wordy(jsonOf(writeXml(bundle)))).toEqual(wordy(JSON.stringify(bundle)))
    },
  )

  test.each(bundles)("%s: we read what another program wrote", (_file, bundle) => {
    expect(readXml(xmlOf(JSON.stringify(bundle)))).toEqual({ ...bundle })
  })

  test.each(bundles)("%s: our XML comes back as it was", (_file, bundle) => {
    expect(readXml(writeXml(bundle))).toEqual({ ...bundle })
  })
})

/** The other program reads every decimal as text, so that it loses no digit. */
function wordy(json: string): unknown {
  return JSON.parse(json, (_, value) => (typeof value === "number" ? String(value) : value))
}

const extension = [{ url: "http://example.org/approximate", valueBoolean: true }]

const patient: Patient = {
  resourceType: "Patient",
  id: "p",
  text: {
    status: "generated",
    div: '<div xmlns="http://www.w3.org/1999/xhtml"><b>A &amp; B</b></div>',
  },
  contained: [{ resourceType: "Organization", id: "o", name: "Clinic" } as Organization],
  extension: [{ id: "e1", url: "http://example.org/weight", valueDecimal: 1.5 }],
  active: false,
  name: [
    {
      id: "n1",
      family: 'O\'Neil <"&">',
      given: ["Ann", "Mary"],
      _given: [null as unknown as object, { extension }],
    },
  ],
  birthDate: "1990-03-15",
  _birthDate: { id: "b", extension },
  _gender: { extension },
  multipleBirthInteger: 2,
  address: [{ text: "Line 1\nLine 2\tTab\r" }],
}

describe("what R4 writes otherwise in XML", () => {
  test("comes back: attributes, a narrative, extensions of primitives, a choice, contained", () => {
    expect(readXml(writeXml(patient))).toEqual({ ...patient })
  })

  test("elements stand in the order of their definition, whatever order JSON has them in", () => {
    const { resourceType, birthDate, name, active } = patient
    const xml = writeXml({ birthDate, name, active, id: "p", resourceType } as Patient)
    const order = ["<id ", "<active ", "<name ", "<family ", "<given ", "<birthDate "]
    const places = order.map((each) => xml.indexOf(each))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  test("ids and an extension's url are attributes, a resource's id is none", () => {
    const xml = writeXml(patient)
    expect(xml).toContain('<extension id="e1" url="http://example.org/weight">')
    expect(xml).toContain('<Patient xmlns="http://hl7.org/fhir"><id value="p"/>')
  })

  test("a character that XML can't hold is replaced, and the rest goes on", () => {
    const xml = writeXml({ resourceType: "Patient", name: [{ text: "A\u0007B\ud800C" }] })
    expect(readXml(xml)).toMatchObject({ name: [{ text: "A\ufffdB\ufffdC" }] })
  })
})

describe("what is no resource", () => {
  test.each([
    ["nothing", ""],
    ["a proxy's page", "<!doctype html><html><head><meta charset=utf-8></head></html>"],
    ["a page that is XML", "<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"],
    ["half a resource", '<Bundle xmlns="http://hl7.org/fhir"><type value="trans'],
    ["a resource that is not closed", '<Bundle xmlns="http://hl7.org/fhir"><entry>'],
    ["two roots", "<Patient/><Patient/>"],
    ["a data type", '<HumanName xmlns="http://hl7.org/fhir"><family value="A"/></HumanName>'],
    ["an entity of its own", '<!DOCTYPE a [<!ENTITY x "y">]><Patient><id value="&x;"/></Patient>'],
    ["a thousand levels", `${"<Bundle>".repeat(1000)}${"</Bundle>".repeat(1000)}`],
  ])("%s: undefined, and no error", (_what, text) => {
    expect(readXml(text)).toBeUndefined()
  })

  test("a prefix is no matter, and what R4 does not have is passed over", () => {
    const xml =
      '<f:Patient xmlns:f="http://hl7.org/fhir"><f:colour value="red"/>' +
      '<f:active value="true"/></f:Patient>'
    expect(readXml(xml)).toEqual({ resourceType: "Patient", active: true })
  })
})
