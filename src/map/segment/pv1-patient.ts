import type { Patient } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Field } from "../part.ts"
import { firstConcept } from "../type/cwe.ts"
import { extension } from "./pid-extensions.ts"

/**
 * What a PV1 says of the patient and not of the visit alone. Whoever is to be treated with special
 * care (PV1-16, table 0099) is so in every visit, and staff look for it on the person.
 */
export const pv1PatientFields: readonly Field<Patient>[] = [
  {
    field: 16,
    elements: ["extension"],
    make: (pv1: Segment, reading) =>
      extension("patient-importance", {
        valueCodeableConcept: firstConcept(pv1, "PV1-16", reading),
      }),
  },
]
