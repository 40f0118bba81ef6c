import { expect, test } from "bun:test"
import type { Bundle, BundleEntry, FhirResource, Observation, Patient } from "fhir/r4"
import { invalid } from "./validate.ts"

const system = "urn:waystation:demo"

test("a bundle in order has nothing wrong with it", () => {
  expect(invalid(bundle())).toEqual([])
})

const defects: [string, RegExp, (observation: Observation) => void][] = [
  ["a status that is no status", /status/, (o) => set(o, "status", "ready")],
  ["no status", /status/, (o) => set(o, "status", undefined)],
  ["no code", /Observation.code/, (o) => set(o, "code", undefined)],
  ["an element R4 does not have", /valueAttachment/, (o) => set(o, "valueAttachment", {})],
  ["two values", /value\[x\] is there twice/, (o) => set(o, "valueString", "7.5")],
  ["an empty object", /empty object/, (o) => set(o, "method", {})],
  ["an empty array", /empty array/, (o) => set(o, "note", [])],
  ["an empty string", /is empty/, (o) => set(o, "method", { text: "" })],
  ['a literal ""', /literal ""/, (o) => set(o, "method", { text: '""' })],
  ["null", /is null/, (o) => set(o, "method", null)],
  ["a time without its zone", /zone/, (o) => set(o, "effectiveDateTime", "2026-04-15T12:00:00")],
  ["an impossible month", /effective/, (o) => set(o, "effectiveDateTime", "2026-13-15")],
  ["a number written as text", /value/, (o) => set(o, "valueQuantity", { value: "7.5" })],
  [
    "one thing where a list belongs",
    /interpretation/,
    (o) => set(o, "interpretation", { text: "N" }),
  ],
  [
    "a unit's code without its system (qty-3)",
    /qty-3/,
    (o) => {
      set(o, "valueQuantity", { value: 7.5, code: "10*3/uL" })
    },
  ],
  ["a reference to nothing", /dangling/, (o) => set(o, "subject", { reference: "Patient/1" })],
  [
    "a reference to the wrong type",
    /may not refer to a Patient/,
    (o) => {
      set(o, "encounter", o.subject)
    },
  ],
  [
    "a contained resource nobody refers to (dom-3)",
    /dom-3/,
    (o) => {
      set(o, "contained", [{ resourceType: "Patient", id: "p" }])
    },
  ],
  [
    "a value and a reason for its absence (obs-6)",
    /obs-6/,
    (o) => {
      set(o, "dataAbsentReason", { text: "unknown" })
    },
  ],
  [
    "the observation's own code in a component (obs-7)",
    /obs-7/,
    (o) => {
      set(o, "component", [{ code: o.code, valueString: "again" }])
    },
  ],
  [
    "a reference range without anything (obs-3)",
    /obs-3/,
    (o) => {
      set(o, "referenceRange", [{ type: { text: "normal" } }])
    },
  ],
  [
    "a range that ends before it starts",
    /rng-2/,
    (o) => {
      set(o, "referenceRange", [{ low: { value: 9 }, high: { value: 4 } }])
    },
  ],
  [
    "a component's comparator that is none",
    /comparator/,
    (o) => {
      set(o, "valueQuantity", { value: 7.5, comparator: "about" })
    },
  ],
  [
    "an identifier that is not the one it is written under",
    /condition/,
    (o) => {
      set(o, "identifier", [{ system, value: "another" }])
    },
  ],
]

for (const [name, expected, plant] of defects) {
  test(`${name} is found`, () => {
    const planted = bundle()
    plant(planted.entry?.[1]?.resource as Observation)
    expect(invalid(planted).join("\n")).toMatch(expected)
  })
}

const patientDefects: [string, RegExp, (patient: Patient) => void][] = [
  ["a gender that is none", /gender/, (p) => set(p, "gender", "F")],
  ["a birth date with a time", /birthDate/, (p) => set(p, "birthDate", "1988-04-12T00:00:00Z")],
  ["a telephone without its system (cpt-2)", /cpt-2/, (p) => set(p, "telecom", [{ value: "1" }])],
  ["an unknown use of a name", /use/, (p) => set(p, "name", [{ use: "daily", text: "A" }])],
]

for (const [name, expected, plant] of patientDefects) {
  test(`${name} is found`, () => {
    const planted = bundle()
    plant(planted.entry?.[0]?.resource as Patient)
    expect(invalid(planted).join("\n")).toMatch(expected)
  })
}

const entryDefects: [string, RegExp, (entries: BundleEntry[]) => void][] = [
  [
    "an unconditional create",
    /unconditional/,
    ([entry]) =>
      set(entry, "request", {
        method: "POST",
        url: "Patient",
      }),
  ],
  [
    "two entries for one resource",
    /two entries/,
    (entries) => {
      const [, second] = entries
      if (second !== undefined) {
        entries.push({ ...second, fullUrl: "urn:uuid:00000000-0000-5000-8000-000000000009" })
      }
    },
  ],
  ["an id of our own making", /an id/, ([entry]) => set(entry?.resource, "id", "1")],
  ["an entry without a request", /no request/, ([entry]) => set(entry, "request", undefined)],
]

for (const [name, expected, plant] of entryDefects) {
  test(`${name} is found`, () => {
    const planted = bundle()
    plant(planted.entry ?? [])
    expect(invalid(planted).join("\n")).toMatch(expected)
  })
}

function bundle(): Bundle {
  const patient: Patient = {
    resourceType: "Patient",
    identifier: [{ system, value: "p" }],
    gender: "female",
  }
  const observation: Observation = {
    resourceType: "Observation",
    identifier: [{ system, value: "o" }],
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "6690-2" }] },
    subject: { reference: "urn:uuid:00000000-0000-5000-8000-000000000001" },
    valueQuantity: { value: 7.5, unit: "10*3/uL" },
  }
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: [entry(1, patient), entry(2, observation)],
  }
}

function entry(number: number, resource: FhirResource & { identifier?: unknown }): BundleEntry {
  const [{ value }] = resource.identifier as [{ value: string }]
  const url = `${resource.resourceType}?identifier=${system}|${value}`
  const fullUrl = `urn:uuid:00000000-0000-5000-8000-00000000000${number}`
  return { fullUrl, resource, request: { method: "PUT", url } }
}

/** Plants what the types forbid. */
function set(target: object | undefined, key: string, value: unknown): void {
  if (target !== undefined) Reflect.set(target, key, value)
}
