import type { Patient, PatientLink, Reference } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { chosenNumber } from "../../hl7/subject.ts"
import { deletion, type Moved } from "../owned.ts"
import { type Part, partOf } from "../part.ts"
import type { Reading } from "../reading.ts"
import { priorElements, priorPatient } from "../segment/mrg.ts"
import { unknownClass } from "../segment/pv1.ts"

/** A patient that is no longer one, and the MRG that says so. */
export interface PriorPatient {
  identity: OwnIdentifier
  mrg: Segment
}

/**
 * The events by which one patient takes the place of another (2.5.1, 3.3.30 to 3.3.47): merges, and
 * A46 and A47, where one patient's number changes. The HL7 v2-to-FHIR guide has no map for them.
 */
const replacing: ReadonlySet<string> = new Set(
  ["A18", "A30", "A34", "A36", "A39", "A40", "A43", "A46", "A47"].map((event) => `ADT^${event}`),
)

/** The patients that the message says are the one of `identity`. */
export function replacedBy(
  identity: OwnIdentifier,
  { pid, mrgs }: { pid: Segment; mrgs: readonly Segment[] },
  reading: Reading,
): PriorPatient[] {
  if (!replacing.has(reading.message.type)) return []
  for (const mrg of mrgs) noteOtherKind(pid, mrg, reading)
  if (lacksPrior(mrgs, reading)) {
    reading.note("MRG-1 names no former patient number: nothing is merged")
  }
  const prior: PriorPatient[] = []
  for (const mrg of mrgs) {
    const former = priorPatient(mrg, reading)
    const known = [identity, ...prior.map((one) => one.identity)]
    if (former === undefined || known.some(({ value }) => value === former.value)) continue
    prior.push({ identity: former, mrg })
  }
  return prior
}

/**
 * Whether one patient is to take the place of another that no MRG-1 names. Mapped without that, it
 * would look delivered, and the two records would stay two.
 */
export function lacksPrior(mrgs: readonly Segment[], reading: Reading): boolean {
  if (!replacing.has(reading.message.type)) return false
  return mrgs.every((mrg) => priorPatient(mrg, reading) === undefined)
}

/** By a national number alone a record that is known by its own one is not found. */
function noteOtherKind(pid: Segment, mrg: Segment, reading: Reading): void {
  const kindOf = (numbers: readonly Repetition[]) => chosenNumber(numbers)?.text(5)
  const former = kindOf(mrg.repetitions(1))
  if (former === undefined || former === "MR" || kindOf(pid.repetitions(3)) !== "MR") return
  reading.note("MRG-1: no medical record number (MR) is in it, by which records are known here")
}

/** Whether the message gives a patient another number: who they are stays as it was. */
export function renumbers({ message }: Reading): boolean {
  return message.type === "ADT^A46" || message.type === "ADT^A47"
}

/** What a merge says of either of its patients: how it stands to the other (R4, Patient.link). */
export function mergePart(
  other: OwnIdentifier,
  type: "replaced-by" | "replaces",
  elements: Partial<Patient>,
  reading: Reading,
): Part[] {
  return linkPart(`MRG ${other.value}`, other, type, elements, reading)
}

/**
 * What a message says of a person's record as such: A24 links two that go on side by side, A37
 * parts them again; A29 deletes one, and A28 adds it.
 */
export function recordParts(others: readonly OwnIdentifier[], reading: Reading): Part[] {
  switch (reading.message.type) {
    case "ADT^A24":
      return others.flatMap((other) =>
        linkPart(`A24 ${other.value}`, other, "seealso", {}, reading),
      )
    case "ADT^A37":
      return others.map(({ value }) => ({ part: `A24 ${value}`, makes: null, mentions: [] }))
    case "ADT^A28":
      return [{ part: deletion, makes: null, mentions: [] }]
    case "ADT^A29":
      return [{ part: deletion, makes: { active: false }, mentions: [] }]
    default:
      return []
  }
}

function linkPart(
  part: string,
  other: OwnIdentifier,
  type: PatientLink["type"],
  { identifier = [] }: Partial<Patient>,
  reading: Reading,
): Part[] {
  const made = partOf(part, reading, (mention) => {
    const mentioned = mention({ resourceType: "Patient", identifier: [other, ...identifier] })
    return { link: [{ other: mentioned, type }] }
  })
  return made ? [made] : []
}

/** A former patient with what its MRG says, where nothing else was ever told. */
export function withPrior(patient: Patient, mrg: Segment, reading: Reading): Patient {
  const { identifier, name } = priorElements(mrg, reading)
  const [own, ...others] = patient.identifier ?? []
  const numbers = others.length > 0 ? others : identifier
  return {
    ...patient,
    identifier: own ? [own, ...numbers] : numbers,
    name: patient.name ?? name,
  }
}

/** What a move says of the visit that was: where it went. */
export function movedPart(
  to: OwnIdentifier,
  patient: OwnIdentifier,
  reading: Reading,
): Part | undefined {
  return partOf(movedFrom, reading, (mention) => {
    const subject = mention({ resourceType: "Patient", identifier: [patient] })
    const partOf: Reference = mention({
      resourceType: "Encounter",
      identifier: [to],
      status: "unknown",
      class: unknownClass,
      subject,
    })
    return { moved: { subject, partOf } satisfies Moved }
  })
}

/** What a move says of the visit that goes on: nothing of it was moved away. */
export const notMoved: Part = { part: "MRG-5", makes: null, mentions: [] }
const movedFrom = "MRG-5"

/** The patient whose visit it was. */
export function formerPatient(
  mrg: Segment,
  patient: OwnIdentifier,
  reading: Reading,
): OwnIdentifier {
  return priorPatient(mrg, reading) ?? patient
}
