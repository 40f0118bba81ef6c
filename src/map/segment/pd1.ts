import type { Observation, Patient, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { firstConcept, translated } from "../type/cwe.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { livingWill as livingWillCodes } from "../vocabulary/living-will.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The fields of PD1 (2.5.1, 3.4.10) that the Patient is made of: who looks after them. */
export const pd1Fields: readonly Field<Patient>[] = [
  {
    field: 3,
    elements: ["generalPractitioner"],
    make: (pd1, reading, mention) => ({
      generalPractitioner: each(pd1, 3, (xon) => organization(xon, reading, mention)),
    }),
  },
  {
    field: 4,
    elements: ["generalPractitioner"],
    make: (pd1, reading, mention) => ({
      generalPractitioner: each(pd1, 4, (xcn) => practitioner(xcn, reading, mention)),
    }),
  },
  {
    field: 6,
    elements: ["extension"],
    make: (pd1, reading) => {
      const valueCodeableConcept = firstConcept(pd1, "PD1-6", reading)
      if (valueCodeableConcept === undefined) return undefined
      return { extension: [{ url: `${structure}patient-disability`, valueCodeableConcept }] }
    },
  },
  {
    field: 14,
    elements: ["extension"],
    make: (pd1) => {
      const valueString = pd1.component(14) ?? pd1.text(14, 10)
      if (valueString === undefined) return undefined
      return { extension: [{ url: `${structure}patient-congregation`, valueString }] }
    },
  },
]

/** Whether the patient has a living will (PD1-7), as the guide has it; undefined where not said. */
export function livingWill(
  pd1: Segment,
  subject: Reference,
  reading: Reading,
): Observation | undefined {
  const [said] = each(pd1, 7, (cwe) =>
    translated(cwe, targetOf(livingWillCodes, cwe.text(1)), "PD1-7", reading),
  )
  if (said === undefined) return undefined
  return {
    resourceType: "Observation",
    identifier: [own(reading, "Observation", subject.reference ?? "", "living will")],
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "75320-2" }] },
    subject,
    valueCodeableConcept: said,
  }
}

const structure = "http://hl7.org/fhir/StructureDefinition/"
