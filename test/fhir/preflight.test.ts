import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { preflight } from "../../src/fhir/preflight.ts"
import { goldens, mapGolden } from "../golden.ts"
import { bundle, complete, observation, patient, without } from "./bundle.ts"

/** What preflight says of a Bundle, a line for each thing. */
const said = (given: unknown) => preflight(given as Bundle).map(({ text }) => text)

test.each(await goldens())("the Bundle of $name is sent", (golden) => {
  const mapped = mapGolden(golden)
  if ("bundle" in mapped) expect(preflight(mapped.bundle)).toEqual([])
})

test("one of each resource with all it needs is sent", () => {
  expect(said(bundle(...Object.values(complete)))).toEqual([])
})

describe("a Bundle is held that lacks", () => {
  test.each<[keyof typeof complete, string]>([
    ["Patient", "identifier"],
    ["Encounter", "status"],
    ["Encounter", "class"],
    ["Observation", "status"],
    ["Observation", "code"],
    ["Observation", "subject"],
    ["MedicationRequest", "status"],
    ["MedicationRequest", "intent"],
    ["MedicationRequest", "subject"],
    ["MedicationRequest", "medicationCodeableConcept"],
    ["Condition", "code"],
    ["Condition", "subject"],
    ["AllergyIntolerance", "patient"],
  ])("%s.%s", (type, element) => {
    const name = element.replace("CodeableConcept", "[x]")
    const given = bundle(patient, without(complete[type], element))
    expect(preflight(given)).toEqual([
      {
        severity: "error",
        code: "required",
        text: `${type}.${name} is required`,
        expression: `Bundle.entry[1].resource.${name}`,
      },
    ])
  })

  test("its type", () => {
    expect(said(without(bundle(patient), "type"))).toEqual(["Bundle.type is required"])
  })

  test("an element of an element, which is named by its place", () => {
    const component = [{ code: observation.code, valueInteger: 1 }, { valueInteger: 2 }]
    const [issue] = preflight(bundle({ ...observation, component }))
    expect(issue?.text).toBe("Observation.component.code is required")
    expect(issue?.expression).toBe("Bundle.entry[0].resource.component[1].code")
  })
})

test("a patient with an id needs no identifier, and a status may have its reason instead", () => {
  const url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
  const _status = { extension: [{ url, valueCode: "unknown" }] }
  const absent = { ...without(observation, "status"), _status }
  expect(said(bundle({ resourceType: "Patient", id: "p-1" }, absent))).toEqual([])
})

describe("a Bundle is held in which", () => {
  const wrong: [string, object, string][] = [
    ["an element is none of R4's", { colour: "red" }, "colour is no element of R4"],
    [
      "an element has the name of a property",
      { constructor: 1 },
      "constructor is no element of R4",
    ],
    ["a choice has a type R4 does not offer", { valueUri: "a:b" }, "valueUri is no element of R4"],
    ["a choice is made twice", { valueString: "a" }, "value[x] is there in two types"],
    ["one stands where a list must", { category: { text: "a" } }, "category is no list"],
    ["a list stands where one must", { code: [{ text: "a" }] }, "code is a list"],
    ["a text stands where an element must", { code: "a" }, "code is not of type CodeableConcept"],
    ["a number is a text", { valueQuantity: { value: "5" } }, "valueQuantity.value is not of type"],
    ["a number is none", { valueQuantity: { value: Number.NaN } }, "valueQuantity.value is not of"],
    ["an element is null", { code: null }, "code is not of type CodeableConcept"],
    ["a list has a null in it", { note: [null] }, "note is not of type Annotation"],
    ["a list is empty", { note: [] }, "note is empty"],
    ["an element is empty", { code: {} }, "code is empty"],
    ["a text is empty", { code: { text: "" } }, "code.text is not of type string"],
    ["a code is not of those required", { status: "done" }, "status has a code that is not of"],
    ["a code has two spaces in a row", { language: "a  b" }, "language is not of type code"],
    ["there is no such day", { issued: "2026-02-29T10:00:00Z" }, "issued is not of type instant"],
    ["a time has no zone", { issued: "2026-02-28T10:00:00" }, "issued is not of type instant"],
    [
      "a result is of a Coverage",
      { subject: { reference: "Coverage/1" } },
      "subject may not refer",
    ],
    ["a contained resource is none", { contained: [{ resourceType: "X" }] }, "contained is no res"],
  ]
  test.each(wrong)("%s", (_what, element, finding) => {
    const [first, ...more] = said(bundle(patient, { ...observation, ...element }))
    expect(first).toStartWith(`Observation.${finding}`)
    expect(more).toEqual([])
  })

  test("a contained resource lacks something, which is named by its own type", () => {
    const contained = [{ resourceType: "Group", id: "g", actual: true }]
    const [issue] = preflight(bundle({ ...observation, contained }))
    expect(issue?.text).toBe("Group.type is required")
    expect(issue?.expression).toBe("Bundle.entry[0].resource.contained[0].type")
  })

  test("a status of another code system stands where R4 requires one", () => {
    const clinicalStatus = { coding: [{ system: "http://example.org", code: "active" }] }
    expect(said(bundle(patient, { ...complete.Condition, clinicalStatus }))).toEqual([
      "Condition.clinicalStatus has a code that is not of those R4 requires",
    ])
  })
})

describe("a reference", () => {
  const referring = (reference: string) =>
    said(bundle(patient, { ...observation, subject: { reference } }))

  test.each([
    bundle(patient).entry?.[0]?.fullUrl ?? "",
    "Patient/1",
    "Patient/1/_history/2",
    "Patient?identifier=urn:x|1",
    "https://central.example.org/fhir/Patient/1",
    "https://central.example.org/somebody",
  ])("to %s is sent", (reference) => {
    expect(referring(reference)).toEqual([])
  })

  test.each([
    ["urn:uuid:00000000-0000-5000-8000-0000000000ff", "refers to nothing"],
    ["urn:oid:1.2.3", "refers to nothing"],
    ["#nobody", "refers to nothing"],
    ["P-1", "refers to nothing"],
    ["Patients/1", "refers to nothing"],
    ["Encounter/1", "may not refer to a Encounter"],
    ["https://central.example.org/fhir/Encounter/1/_history/2", "may not refer to a Encounter"],
    ["Encounter?identifier=urn:x|1", "may not refer to a Encounter"],
  ])("to %s is held", (reference, finding) => {
    expect(referring(reference)).toEqual([`Observation.subject ${finding}`])
  })

  test("goes to what the same resource contains, and to no other's", () => {
    const contained = [{ resourceType: "Patient", id: "p" }]
    const subject = { reference: "#p" }
    expect(said(bundle({ ...observation, contained, subject }))).toEqual([])
    const beside = { resourceType: "Group", id: "g", type: "person", actual: true }
    const member = [{ entity: { reference: "#p" } }]
    const both = [...contained, { ...beside, member }]
    expect(said(bundle({ ...observation, contained: both, subject }))).toEqual([])
    const other = bundle({ ...observation, contained, subject }, { ...observation, subject })
    expect(said(other)).toEqual(["Observation.subject refers to nothing"])
  })
})

describe("an entry is held", () => {
  const [entry] = bundle(patient).entry ?? []
  const transaction = (...entry: unknown[]) => said({ ...bundle(), entry })

  test.each<[string, unknown[], string]>([
    ["whose fullUrl is another's", [entry, entry], "Bundle.entry.fullUrl is there twice"],
    ["without a request", [{ ...entry, request: undefined }], "Bundle.entry.request is required"],
    [
      "without a method",
      [{ ...entry, request: { url: "Patient" } }],
      "Bundle.entry.request.method is required",
    ],
    [
      "without an address",
      [{ ...entry, request: { method: "POST" } }],
      "Bundle.entry.request.url is required",
    ],
    [
      "without a resource to write",
      [{ ...entry, resource: undefined }],
      "Bundle.entry.resource is required",
    ],
    [
      "whose resource is of no type of R4",
      [{ ...entry, resource: { resourceType: "Person2" } }],
      "Bundle.entry.resource is no resource of R4",
    ],
  ])("%s", (_what, entries, finding) => {
    expect(transaction(...entries)).toEqual([finding])
  })
})

test("in a list of values side by side null is a place for the other's", () => {
  const given = [null, "Ann"]
  const _given = [{ extension: [{ url: "http://example.org/x", valueString: "y" }] }, null]
  expect(said(bundle({ ...patient, name: [{ given, _given }] }))).toEqual([])
  expect(said(bundle({ ...patient, name: [{ given }] }))).toEqual([
    "Patient.name.given is not of type string",
  ])
})

describe("preflight never throws", () => {
  const circle: Record<string, unknown> = { url: "http://example.org/x" }
  circle.extension = [circle, circle]
  const transaction = { resourceType: "Bundle", type: "transaction" }
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "Bundle"],
    ["a list", []],
    ["an empty object", {}],
    ["another resource", patient],
    ["entries that are no list", { ...transaction, entry: {} }],
    ["entries that are none", { ...transaction, entry: [null, 7, [], {}] }],
    ["resources that are none", { ...transaction, entry: [{ resource: null }, { resource: [] }] }],
    ["a number JSON can't have", { ...transaction, type: 7n }],
    ["a circle", bundle({ ...patient, extension: [circle] })],
    [
      "a type that is a property",
      bundle({ ...patient, contained: [{ resourceType: "__proto__" }] }),
    ],
    ["an object that inherits nothing", bundle(Object.create(null))],
  ])("for %s", (_what, given) => {
    expect(preflight(given as Bundle)).not.toEqual([])
  })

  test("and stops counting what is wrong at fifty", () => {
    const name = Array.from({ length: 100_000 }, () => "Jane")
    expect(preflight(bundle({ ...patient, name }))).toHaveLength(50)
    const unknown = Object.fromEntries(name.map((each, at) => [each + at, each]))
    expect(preflight(bundle({ ...patient, ...unknown }))).toHaveLength(50)
  })
})

test("a document of 10 MB costs no more than reading it, whatever is wrong with it", () => {
  const sizes = [`${"QUJD".repeat(2_600_000)}`, `${"QUJD".repeat(2_600_000)}!`, " ".repeat(1e7)]
  const from = performance.now()
  const found = sizes.map((data) =>
    preflight(bundle({ resourceType: "Binary", contentType: "application/pdf", data })),
  )
  // A pattern that goes back over its text takes minutes here, or all of the stack.
  expect(performance.now() - from).toBeLessThan(5_000)
  expect(found.map((issues) => issues.length)).toEqual([0, 1, 1])
})
