import type { Encounter, Reference } from "fhir/r4"
import { type OwnIdentifier, referenceTo } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Writing } from "../adt.ts"
import type { Former } from "../known.ts"
import { layEncounter, type Owned, ownedName } from "../owned.ts"
import type { Part } from "../part.ts"
import type { Reading } from "../reading.ts"
import { priorElements } from "../segment/mrg.ts"
import { encounterIdentity, namesVisit, speaksOfVisit, visitNumbered } from "../segment/pv1.ts"
import { visitRoles } from "../segment/rol.ts"
import { visitParts } from "./event.ts"
import { formerPatient, movedPart, notMoved } from "./merge.ts"
import { type Person, type VisitGroup, visitGroups } from "./person.ts"

/** A visit that a message is about. */
export interface PlannedVisit extends VisitGroup {
  identity: OwnIdentifier
  /** What it was known by until now, where its number or its patient was changed. */
  former?: OwnIdentifier | undefined
}

/** Messages about persons, not visits: their PV1 is there because the structure has one. */
const ofPersons: ReadonlySet<string> = new Set(
  ["A24", "A28", "A29", "A31", "A37"].map((event) => `ADT^${event}`),
)

/**
 * Events that tell of a visit for the first time, or of its end, so that also one without a number
 * is worth keeping. What others say of a visit that can't be found would be one more visit each.
 */
const opening: ReadonlySet<string> = new Set(
  ["A01", "A03", "A04", "A05", "A06", "A07", "A14"].map((event) => `ADT^${event}`),
)

const noVisit = "PV1: the event is a person's, and no visit's; it is left out"

/** The visits a message speaks of, of one of its patients. */
export function visitsOf(person: Person, patient: OwnIdentifier, reading: Reading): PlannedVisit[] {
  if (ofPersons.has(reading.message.type)) {
    if (visitGroups(person).some(({ pv1 }) => pv1 && speaksOfVisit(pv1))) reading.note(noVisit)
    return []
  }
  return visitGroups(person).flatMap((group) => movedVisit(group, patient, reading) ?? [])
}

/** A visit with what it was known by before, by its MRG; else as it stands. */
function movedVisit(
  group: VisitGroup,
  patient: OwnIdentifier,
  reading: Reading,
): PlannedVisit | undefined {
  const { mrg, pv1 } = group
  const subject = referenceTo(patient)
  const before = mrg?.text(5) ?? pv1?.text(19)
  const number = pv1?.text(19) ?? before
  if (mrg === undefined || number === undefined || before === undefined) {
    return standingVisit(group, subject, reading)
  }
  const identity = visitNumbered(number, subject, reading)
  const former = visitNumbered(before, referenceTo(formerPatient(mrg, patient, reading)), reading)
  return { ...group, identity, former: former.value === identity.value ? undefined : former }
}

function standingVisit(
  group: VisitGroup,
  subject: Reference,
  reading: Reading,
): PlannedVisit | undefined {
  const { pv1 } = group
  if (pv1 === undefined || !speaksOfVisit(pv1)) return undefined
  if (!namesVisit(pv1, reading)) {
    reading.note(
      "PV1: neither a visit number (PV1-19) nor a time of admission (PV1-44) names the visit",
    )
    if (!opening.has(reading.message.type)) return undefined
  }
  return { ...group, identity: encounterIdentity(pv1, subject, reading) }
}

/** Adds a visit, with the further parts the message has of it. */
export function addVisit(
  visit: PlannedVisit,
  further: readonly Part[],
  patient: OwnIdentifier,
  writing: Writing,
): void {
  const { identity, former, mrg, pv1, pv2, roles } = visit
  const { reading, layer } = writing
  const before = former && ownedName("Encounter", former)
  const known = layer.known.some(
    ({ resource, messageId }) => resource === before && messageId < layer.messageId,
  )
  if (former !== undefined && !known) {
    reading.note("MRG: nothing was told of the visit under what it was known by before")
    if (pv1 === undefined) return
  }
  const subject = referenceTo(patient)
  const said = pv1 ? [...visitParts(pv1, pv2, reading), ...visitRoles(roles, subject, reading)] : []
  const parts = [...said, ...further, ...(former ? [notMoved] : [])]
  const from = former && mrg && formerVisit(former, identity, mrg, patient, reading)
  const over = { ...layer, from }
  const laid = layEncounter(identity, subject, parts, over, pv1?.text(2), reading)
  // The diagnoses that were made of the wrong patient are those of the right one from now on.
  for (const one of from ? laid.mentions : []) {
    if (one.resourceType === "Condition") writing.transaction.update(one)
  }
  add(laid, writing)
  if (former && mrg && known) addFormer({ former, identity, mrg }, patient, writing)
}

/** The visit under what it was known by until now: it leads to what it is known by from now on. */
function addFormer(
  { former, identity, mrg }: { former: OwnIdentifier; identity: OwnIdentifier; mrg: Segment },
  patient: OwnIdentifier,
  writing: Writing,
): void {
  const { reading, layer, transaction } = writing
  const left = movedPart(identity, patient, reading)
  const old = formerPatient(mrg, patient, reading)
  const subject = referenceTo(old)
  const laid = layEncounter(former, subject, left ? [left] : [], layer, undefined, reading)
  // The visit is theirs again where a later message gave it back and this one is sent again.
  if (laid.resource.subject?.reference === subject.reference) {
    const { identifier } = priorElements(mrg, reading)
    transaction.create({ resourceType: "Patient", identifier: [old, ...identifier] })
  }
  add(laid, writing)
}

/** What the visit goes on from; what was said of it was said of the former patient and visit. */
function formerVisit(
  former: OwnIdentifier,
  identity: OwnIdentifier,
  mrg: Segment,
  patient: OwnIdentifier,
  reading: Reading,
): Former {
  const renamed = [
    [former, identity],
    [formerPatient(mrg, patient, reading), patient],
  ] as const
  return {
    resource: ownedName("Encounter", former),
    renamed: renamed.map(([one, now]) => [referenceTo(one).reference, referenceTo(now).reference]),
  }
}

function add(laid: Owned<Encounter>, { transaction, told }: Writing): void {
  transaction.update(laid.resource)
  for (const mentioned of laid.mentions) transaction.create(mentioned)
  told.push(...laid.told)
}
