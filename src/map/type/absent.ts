import type { CodeableConcept } from "fhir/r4"

/** A code that R4 requires and the message does not give, said as R4 says it. */
export const absentCode: CodeableConcept = {
  extension: [
    {
      url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
      valueCode: "unknown",
    },
  ],
}
