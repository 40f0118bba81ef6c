import type { Bundle, FhirResource } from "fhir/r4"

/** A resource that need not be one. */
export type Given = { resourceType: string; [element: string]: unknown }

/** A transaction that creates these resources. */
export function bundle(...resources: readonly Given[]): Bundle {
  const entry = resources.map((resource, at) => ({
    fullUrl: uuid(at),
    resource: resource as unknown as FhirResource,
    request: { method: "POST" as const, url: resource.resourceType },
  }))
  return { resourceType: "Bundle", type: "transaction", entry }
}

export function without<T extends object>(from: T, element: string): T {
  return { ...from, [element]: undefined }
}

function uuid(at: number): string {
  return `urn:uuid:00000000-0000-5000-8000-${String(at).padStart(12, "0")}`
}

export const patient = {
  resourceType: "Patient",
  identifier: [{ system: "urn:waystation:test-clinic", value: "p" }],
}
const subject = { reference: "Patient/1" }
const code = { coding: [{ system: "http://loinc.org", code: "718-7" }], text: "Haemoglobin" }

export const observation = {
  resourceType: "Observation",
  status: "final",
  code,
  subject,
  issued: "2026-02-28T23:59:59.5+03:00",
  valueQuantity: { value: 5.4, unit: "g/dL" },
}

/** One of each resource a centre asks the most of, with no more than it needs. */
export const complete = {
  Patient: patient,
  Encounter: {
    resourceType: "Encounter",
    status: "in-progress",
    class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "AMB" },
    subject,
  },
  Observation: observation,
  MedicationRequest: {
    resourceType: "MedicationRequest",
    status: "active",
    intent: "order",
    subject,
    medicationCodeableConcept: code,
  },
  Condition: { resourceType: "Condition", code, subject, onsetDateTime: "2026-02" },
  AllergyIntolerance: { resourceType: "AllergyIntolerance", patient: subject },
} satisfies Record<string, Given>
