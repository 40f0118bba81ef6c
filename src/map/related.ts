import type { HumanName, Reference } from "fhir/r4"
import type { OwnIdentifier } from "../fhir/identity.ts"
import type { Repetition } from "../hl7/message.ts"
import { patientKey, patientNumberIn } from "../hl7/subject.ts"
import { own, type Reading } from "./reading.ts"

/**
 * Our own identifier of a person around the patient: by their name, which stands for one person
 * among those around one patient, so that the guarantor (GT1) who is the insured too (IN1) is one.
 * By their number where they are not named; undefined with neither.
 */
export function relatedIdentity(
  name: HumanName | undefined,
  number: Repetition | undefined,
  patient: Reference,
  reading: Reading,
): OwnIdentifier | undefined {
  const numbered = number && patientKey(patientNumberIn(number), reading.sender)
  const key = name
    ? ["name", JSON.stringify([name.family, name.given, name.text])]
    : numbered
      ? ["number", numbered]
      : undefined
  return key && own(reading, "RelatedPerson", patient.reference ?? "", ...key)
}
