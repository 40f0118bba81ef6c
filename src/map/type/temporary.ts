import type { EncounterLocation, Extension } from "fhir/r4"

/** What tells a place where a patient is for a time from the one that they are assigned to. */
export const temporary: Extension = {
  url: "http://hl7.org/fhir/StructureDefinition/subject-locationClassification",
  valueCodeableConcept: {
    coding: [
      {
        system: "http://hl7.org/fhir/subject-locationClassification",
        code: "temporary",
        display: "Temporary",
      },
    ],
  },
}

export function isTemporary({ extension = [] }: EncounterLocation): boolean {
  return extension.some(({ url }) => url === temporary.url)
}
