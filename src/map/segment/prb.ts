import type { CodeableConcept, Condition, Reference } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { alternateConcept } from "../type/alternate.ts"
import { codeKey, concept, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { worded } from "../type/worded.ts"

/**
 * Our own identifier of a problem: the patient and the number of this instance of it (PRB-4),
 * which is its sender's own unless it names who gave it; else its code. Undefined with neither.
 */
export function problemIdentity(
  prb: Segment,
  patient: string,
  reading: Reading,
): OwnIdentifier | undefined {
  const number = entityAt(prb, 4)
  if (number !== undefined) {
    const key = patientKey({ id: number.id, ...number.authority }, reading.sender) ?? number.id
    return own(reading, "Condition", patient, "problem", key)
  }
  const code = firstConcept(prb, "PRB-3", reading)
  return code && own(reading, "Condition", patient, "problem", codeKey(prb, "PRB-3", code, reading))
}

const terminology = "http://terminology.hl7.org/CodeSystem"
const clinical = {
  system: `${terminology}/condition-clinical`,
  codes: ["active", "recurrence", "relapse", "inactive", "remission", "resolved"],
}
const verified = {
  system: `${terminology}/condition-ver-status`,
  codes: ["unconfirmed", "provisional", "differential", "confirmed", "refuted"],
}
const active = { coding: [{ system: clinical.system, code: "active" }] }
const resolved = { coding: [{ system: clinical.system, code: "resolved" }] }
const over = ["inactive", "remission", "resolved"]
const problemListItem = {
  coding: [
    {
      system: `${terminology}/condition-category`,
      code: "problem-list-item",
      display: "Problem List Item",
    },
  ],
}

/** What is said of a problem that was entered in error. */
export const wrongly: CodeableConcept = {
  coding: [{ system: verified.system, code: "entered-in-error" }],
}

/** The fields of PRB (2.5.1, 12.4.2) that the Condition is made of. */
export const prbFields: readonly Field<Condition>[] = [
  {
    field: 3,
    elements: ["code"],
    make: (prb, reading) => ({ code: firstConcept(prb, "PRB-3", reading) }),
  },
  {
    field: 4,
    elements: ["identifier"],
    make: (prb, reading) => {
      const number = entityAt(prb, 4)
      const local = `problem-${reading.sender}`
      return number && { identifier: [entityIdentifier(number, undefined, local, reading)] }
    },
  },
  {
    field: 7,
    elements: ["recordedDate"],
    make: (prb, reading) => ({ recordedDate: dateTime(prb.text(7), "PRB-7", reading) }),
  },
  {
    field: 9,
    elements: ["abatementDateTime"],
    make: (prb, reading) => ({ abatementDateTime: dateTime(prb.text(9), "PRB-9", reading) }),
  },
  {
    field: 10,
    elements: ["category"],
    make: (prb, reading) => ({ category: each(prb, 10, (cwe) => concept(cwe, "PRB-10", reading)) }),
  },
  {
    field: 13,
    elements: ["verificationStatus"],
    make: (prb, reading) => ({ verificationStatus: worded(prb, "PRB-13", verified, reading) }),
  },
  { field: 14, elements: ["clinicalStatus", "abatementDateTime"], make: course },
  {
    field: 16,
    elements: ["onsetDateTime"],
    make: (prb, reading) => ({ onsetDateTime: dateTime(prb.text(16), "PRB-16", reading) }),
  },
  {
    field: 17,
    elements: ["onsetString"],
    make: (prb) => ({ onsetString: prb.component(17) }),
  },
  {
    // Since 2.8.
    field: 26,
    elements: ["severity"],
    make: (prb, reading) => ({ severity: firstConcept(prb, "PRB-26", reading) }),
  },
]

/** The Condition of these elements; undefined where no problem is named. */
export function problemOf(
  identity: OwnIdentifier,
  subject: Reference,
  elements: Partial<Condition>,
): Condition | undefined {
  const { code, identifier = [], category = [], verificationStatus, abatementDateTime } = elements
  if (code === undefined) return undefined
  const wrong = isOneOf(verificationStatus, ["entered-in-error"])
  const { clinicalStatus = active } = elements
  // con-4: what has abated is over, whatever its status says.
  const abated = abatementDateTime !== undefined && !isOneOf(clinicalStatus, over)
  return {
    resourceType: "Condition",
    ...elements,
    identifier: [identity, ...identifier],
    // con-5: what was entered in error has no clinical status.
    clinicalStatus: wrong ? undefined : abated ? resolved : clinicalStatus,
    abatementDateTime: wrong ? undefined : abatementDateTime,
    category: [problemListItem, ...category],
    subject,
    // FHIR takes one of the two ways to tell the onset: the time says more than its description.
    onsetString: elements.onsetDateTime === undefined ? elements.onsetString : undefined,
  }
}

/** PRB-14, and when it came to that (PRB-15) where it is over and PRB-9 does not say. */
function course(prb: Segment, reading: Reading): Partial<Condition> {
  const status = worded(prb, "PRB-14", clinical, reading)
  const other = status ? undefined : firstConcept(prb, "PRB-14", reading)
  const ends = isOneOf(status, over) && prb.raw(9) === ""
  return {
    // A problem on the list is one until somebody says otherwise.
    clinicalStatus: status ?? (other && { ...active, ...alternateConcept(other) }),
    abatementDateTime: ends ? dateTime(prb.text(15), "PRB-15", reading) : undefined,
  }
}

function isOneOf(concept: CodeableConcept | undefined, codes: readonly string[]): boolean {
  return concept?.coding?.some(({ code = "" }) => codes.includes(code)) ?? false
}
