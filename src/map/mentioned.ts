import type { Encounter, Reference } from "fhir/r4"
import { type Identified, type OwnIdentifier, referenceTo } from "../fhir/identity.ts"
import type { Transaction } from "../fhir/transaction.ts"
import type { Segment } from "../hl7/message.ts"
import { joinParts } from "./known.ts"
import { encounterOf, patientOf } from "./owned.ts"
import { partsOf } from "./part.ts"
import { type Mention, own, type Reading } from "./reading.ts"
import { nk1Parts } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { patientIdentity, pidParts } from "./segment/pid.ts"
import { mother } from "./segment/pid-mother.ts"
import { encounterIdentity, pv1Fields, speaksOfVisit } from "./segment/pv1.ts"
import { pv1PatientFields } from "./segment/pv1-patient.ts"
import { relative } from "./segment/relative.ts"
import { isDeleted, isNominated, patientRoles, visitRoles } from "./segment/rol.ts"

/** The segments that say whom a message is about, of one of its patients. */
export interface Concerned {
  pid: Segment
  pd1: Segment | undefined
  nk1: Segment[]
  pv1: Segment | undefined
  /** ROL and PRT under the PID, and under the PV1; left out where no map reads them. */
  participants?: readonly Segment[]
  visiting?: readonly Segment[]
}

/** What every resource about one patient refers to. */
export interface About {
  subject: Reference
  encounter: Reference | undefined
}

/**
 * Mentions the patient, and the visit where PV1-19 numbers it: without its number it can't be
 * found. Both are created where they are absent and never overwritten. `index` counts the message's
 * patients, from 0.
 */
export function mentionPatient(
  { pid, pd1, nk1, pv1, participants = [], visiting = [] }: Concerned,
  index: number,
  { transaction, reading }: { transaction: Transaction; reading: Reading },
): About {
  const identity = identityOf(pid, index, reading)
  const mention: Mention = (resource) => transaction.create(resource)
  const parts = [
    ...pidParts(pid, reading),
    ...(pd1 ? partsOf(pd1, pd1Fields, reading) : []),
    ...(pv1 ? partsOf(pv1, pv1PatientFields, reading) : []),
    ...patientRoles(participants, referenceTo(identity), reading),
    ...nk1Parts(nk1, reading),
  ]
  const { elements, mentions } = joinParts(parts)
  const subject = mention(patientOf(identity, elements))
  for (const each of mentions) mention(each)
  const motherOf = mother(pid, subject, reading)
  if (motherOf) mention(motherOf)
  for (const rol of participants) mentionRelative(rol, subject, mention, reading)
  const visit = visitOf(pv1, subject, reading, visiting)
  if (visit === undefined) return { subject, encounter: undefined }
  for (const each of visit.mentions) mention(each)
  return { subject, encounter: mention(visit.resource) }
}

/**
 * A relative who takes part. Whoever else does is one of the CareTeam, which messages that own the
 * patient keep: a result knows some of it only.
 */
function mentionRelative(
  rol: Segment,
  subject: Reference,
  mention: Mention,
  reading: Reading,
): void {
  if (isDeleted(rol)) return
  const made = relative(rol, subject, reading)
  if (made !== undefined) mention(made)
  else if (!isNominated(rol)) {
    reading.note(
      `${rol.name}: the patient's care team is their registration's to keep; it is left out`,
    )
  }
}

/**
 * Why a message that its structure lets speak of one patient can't be mapped, where it names
 * several: what stands below the second PID would be told of the first. A PID that comes again is
 * no other patient.
 */
export function severalPatients(reading: Reading): string | undefined {
  const [first, ...others] = reading.parsed.all("PID")
  const another = first && others.some((pid) => !isSamePatient(first, pid, reading))
  return another ? "PID: several patients in a message of one; have its sender split it" : undefined
}

/** Whether two PID number one patient; of those without a number, whether they read the same. */
export function isSamePatient(one: Segment, other: Segment, reading: Reading): boolean {
  const [first, second] = [one, other].map((pid) => patientIdentity(pid, reading)?.value)
  if (first !== undefined || second !== undefined) return first === second
  return [3, 5, 7].every((field) => one.raw(field) === other.raw(field))
}

/** The visit that PV1-19 numbers, and what it refers to. */
export function visitOf(
  pv1: Segment | undefined,
  subject: Reference,
  reading: Reading,
  visiting: readonly Segment[] = [],
): { resource: Encounter; mentions: Identified[] } | undefined {
  if (pv1?.text(19) === undefined) {
    if (pv1 && speaksOfVisit(pv1))
      reading.note("PV1: no visit number (PV1-19); the visit is left out")
    return undefined
  }
  const visit = encounterIdentity(pv1, subject, reading)
  const { elements, mentions } = joinParts([
    ...partsOf(pv1, pv1Fields, reading),
    ...visitRoles(visiting, subject, reading),
  ])
  return { resource: encounterOf(visit, subject, elements, pv1.text(2), reading), mentions }
}

/**
 * A patient without a number is known by this message alone: the result is not lost, it meets no
 * other, and the trail says why.
 */
function identityOf(pid: Segment, index: number, reading: Reading): OwnIdentifier {
  const numbered = patientIdentity(pid, reading)
  if (numbered !== undefined) return numbered
  reading.note("PID-3 names no patient number: the patient is known by this message alone")
  return own(reading, "Patient", "message", reading.digest, `${index}`)
}
