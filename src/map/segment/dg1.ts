import type { CodeableConcept, Condition, EncounterDiagnosis, Extension, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codeKey, firstConcept, translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { entityAt, entityIdentifier, entityOf } from "../type/ei.ts"
import { practitioner } from "../type/xcn.ts"
import { diagnosisType } from "../vocabulary/diagnosis-type.ts"
import { targetOf } from "../vocabulary/target.ts"

/** Whom a diagnosis is about, and the visit it was made in where the message has one. */
export interface Diagnosed {
  patient: Reference
  encounter: Reference | undefined
}

/**
 * A DG1 (2.5.1, 6.5.2) as a Condition, known by the patient, the visit, and its own number
 * (DG1-20) or else its code: malaria in March and malaria in June are two conditions. Undefined
 * when neither DG1-3 nor DG1-4 names a diagnosis.
 */
export function condition(
  dg1: Segment,
  { patient, encounter }: Diagnosed,
  reading: Reading,
  mention: Mention,
): Condition | undefined {
  const code = diagnosis(dg1, reading)
  if (code === undefined) {
    reading.note("DG1-3: no diagnosis is named; it is left out")
    return undefined
  }
  const number = dg1.text(20)
  const numbers = each(dg1, 20, (ei) => {
    const numbered = entityOf(ei)
    return numbered && entityIdentifier(numbered, undefined, "diagnosis", reading)
  })
  const [asserter] = each(dg1, 16, (xcn) => practitioner(xcn, reading, mention))
  const key = [
    patient.reference ?? "",
    encounter?.reference ?? "",
    number ?? codeKey(dg1, "DG1-3", code, reading),
  ]
  const status = verification(dg1)
  const wrong = status?.code === "entered-in-error"
  return {
    resourceType: "Condition",
    identifier: [own(reading, "Condition", ...key), ...numbers],
    extension: extensionsOf(dg1, reading),
    // con-5: a Condition entered in error has no clinical status. v2 says nothing of its course.
    clinicalStatus: wrong ? undefined : { coding: [active] },
    verificationStatus: status && { coding: [status] },
    category: encounter && [{ coding: [encounterDiagnosis] }],
    code,
    subject: patient,
    encounter,
    onsetDateTime: dateTime(dg1.text(5), "DG1-5", reading),
    recordedDate: dateTime(dg1.text(19), "DG1-19", reading),
    asserter,
  }
}

/** How a visit refers to the Condition a DG1 makes: what kind of diagnosis, and its rank. */
export function encounterDiagnosisOf(
  dg1: Segment,
  reference: Reference,
  reading: Reading,
): EncounterDiagnosis {
  const [use] = each(dg1, 6, (cwe) =>
    translated(cwe, targetOf(diagnosisType, cwe.text(1)), "DG1-6", reading),
  )
  const rank = Number(dg1.text(15))
  return {
    condition: reference,
    use,
    rank: Number.isInteger(rank) && rank > 0 ? rank : undefined,
  }
}

/** Whether the sender takes the diagnosis back (DG1-21, table 0206). */
export function isDeleted(dg1: Segment): boolean {
  return dg1.text(21) === "D"
}

/** When it was attested (DG1-19), and the diagnosis it comes of, by its number (DG1-22). */
function extensionsOf(dg1: Segment, reading: Reading): Extension[] {
  const attested = dateTime(dg1.text(19), "DG1-19", reading)
  const parent = entityAt(dg1, 22)
  const identifier = parent && entityIdentifier(parent, undefined, "diagnosis", reading)
  return [
    ...(attested ? [{ url: `${structure}condition-assertedDate`, valueDateTime: attested }] : []),
    ...(identifier
      ? [
          {
            url: `${structure}condition-dueTo`,
            valueReference: { type: "Condition", identifier },
          },
        ]
      : []),
  ]
}

/** DG1-4, the description of old senders, stands in for a text that DG1-3 does not have. */
function diagnosis(dg1: Segment, reading: Reading): CodeableConcept | undefined {
  const code = firstConcept(dg1, "DG1-3", reading)
  const text = code?.text ?? dg1.component(4)
  return code === undefined && text === undefined ? undefined : { ...code, text }
}

/** DG1-21 `D` deletes; DG1-6 (table 0052) tells a working diagnosis from a final one. */
function verification(dg1: Segment) {
  const code = isDeleted(dg1)
    ? "entered-in-error"
    : dg1.text(6) === "W"
      ? "provisional"
      : dg1.text(6) === "F"
        ? "confirmed"
        : undefined
  return code && { system: `${terminology}/condition-ver-status`, code }
}

const terminology = "http://terminology.hl7.org/CodeSystem"
const active = { system: `${terminology}/condition-clinical`, code: "active", display: "Active" }
const encounterDiagnosis = {
  system: `${terminology}/condition-category`,
  code: "encounter-diagnosis",
  display: "Encounter Diagnosis",
}
const structure = "http://hl7.org/fhir/StructureDefinition/"
