import type { Encounter, EncounterLocation, Patient, Reference } from "fhir/r4"
import { compact } from "../fhir/compact.ts"
import {
  type Identified,
  type OwnIdentifier,
  ownIdentifierOf,
  referenceTo,
} from "../fhir/identity.ts"
import type { Told } from "../message.ts"
import { type VisitEvent, visitHistory } from "./adt/visit-history.ts"
import { type Elements, type Joined, joinParts, type Layer, layKnown, type Said } from "./known.ts"
import type { Part } from "./part.ts"
import type { Reading } from "./reading.ts"
import { nk1Elements } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { pidFields } from "./segment/pid.ts"
import { pv1Fields, unknownClass } from "./segment/pv1.ts"
import { pv1PatientFields } from "./segment/pv1-patient.ts"
import { pv2Fields } from "./segment/pv2.ts"
import { rolePart } from "./segment/rol.ts"
import { orderedPeriod } from "./type/dtm.ts"
import { encounterStatus } from "./vocabulary/encounter-status.ts"
import { targetOf } from "./vocabulary/target.ts"

/** A resource that a message keeps up to date, as it is to stand at the destination. */
export interface Owned<R> {
  resource: R
  mentions: Identified[]
  told: Told[]
}

/** A resource as `Told.resource` names it: `Patient/<uuid>`. */
export function ownedName(type: "Patient" | "Encounter", { value }: OwnIdentifier): string {
  return `${type}/${value}`
}

/** The Patient that a message's parts make, over what is known of it. */
export function layPatient(
  identity: OwnIdentifier,
  parts: readonly Part[],
  layer: Layer,
): Owned<Patient> {
  const name = ownedName("Patient", identity)
  const elementsOf = (part: string) => patientElements.get(part) ?? linkElements(part)
  const laid = layKnown(name, parts, layer, elementsOf, joinPerson)
  const resource = patientOf(identity, laid.elements)
  return { resource, mentions: laid.mentions, told: laid.told }
}

/** The Patient of these elements. */
export function patientOf(identity: OwnIdentifier, elements: Partial<Patient>): Patient {
  const settled = settleChoices(elements)
  const identifier = [identity, ...(settled.identifier ?? [])]
  return { resourceType: "Patient", ...settled, identifier }
}

/** The Encounter that a message's parts make, over what is known of it. */
export function layEncounter(
  identity: OwnIdentifier,
  subject: Reference,
  parts: readonly Part[],
  layer: Layer,
  visitClass: string | undefined,
  reading: Reading,
): Owned<Encounter> {
  const name = ownedName("Encounter", identity)
  const elementsOf = (part: string) => encounterElements.get(part) ?? []
  const join = (said: readonly Said[], read: Elements) => joinVisit(said, read, reading)
  const laid = layKnown(name, parts, layer, elementsOf, join)
  const resource = encounterOf(identity, subject, laid.elements, visitClass, reading)
  const { moved } = laid.elements
  const whither = ({ resourceType }: Identified) => /^(Patient|Encounter)$/.test(resourceType)
  const mentions = moved ? laid.mentions.filter(whither) : laid.mentions
  return { resource, mentions, told: laid.told }
}

/** Where a visit went whose number or patient was wrong. */
export interface Moved {
  subject: Reference
  partOf: Reference
}

/** The Encounter of these elements; what its class is (PV1-2) tells the status nobody gave. */
export function encounterOf(
  identity: OwnIdentifier,
  subject: Reference,
  { moved, ...elements }: Partial<Encounter> & { moved?: Moved | undefined },
  visitClass: string | undefined,
  reading: Reading,
): Encounter {
  const { period, location } = elements
  // Who was discharged has left, whatever kind of visit it was.
  const status = elements.status ?? (period?.end ? "finished" : usualStatus(visitClass))
  const named = {
    identifier: [identity, ...(elements.identifier ?? [])],
    class: elements.class ?? unknownClass,
  }
  // No visit of its own any more: R4 has no other word for that than an error, and no other way to
  // where it went, and with it all that was told of it, than `partOf`.
  if (moved) return { resourceType: "Encounter", ...named, status: "entered-in-error", ...moved }
  return {
    resourceType: "Encounter",
    ...elements,
    ...named,
    status,
    subject,
    // Whoever was discharged is no longer there, also where a later update repeats PV1-3.
    location: over.has(status) ? location?.map(left) : location,
    period: period && orderedPeriod(period, "PV1-45", reading),
  }
}

const over: ReadonlySet<string> = new Set(["finished", "cancelled", "entered-in-error"])

function left(place: EncounterLocation): EncounterLocation {
  return place.status === "active" ? { ...place, status: "completed" } : place
}

/**
 * The parts of a Patient. Of merges the latest word counts: one that the patient survived undoes an
 * earlier one that replaced them, so that merges going round in a circle leave somebody.
 */
function joinPerson(said: readonly Said[]): Joined {
  const survived = Math.max(-1, ...said.filter(replaces).map(({ messageId }) => messageId))
  const standing = said.filter((one) => !isReplaced(one) || one.messageId > survived)
  const joined = joinParts(standing)
  const gone = standing.some((one) => isReplaced(one) || isDeleted(one))
  if (gone || survived >= 0) joined.elements.active = !gone
  return joined
}

function replaces(one: Said): boolean {
  return linkType(one) === "replaces"
}

function isReplaced(one: Said): boolean {
  return linkType(one) === "replaced-by"
}

function isDeleted({ part, makes }: Said): boolean {
  return part === deletion && makes !== null
}

function linkType({ part, makes }: Said): string | undefined {
  if (!part.startsWith("MRG ") || makes === null) return undefined
  const { link } = makes as Pick<Patient, "link">
  return link?.[0]?.type
}

/** The part that says that a person is deleted (A29), or added again (A28). */
export const deletion = "A29"

function linkElements(part: string): readonly string[] {
  return /^(MRG|A24|A29)\b/.test(part) ? ["active", "link"] : []
}

/** The parts of an Encounter: its events make its history, which goes on from what was read. */
function joinVisit(said: readonly Said[], read: Elements, reading: Reading): Joined {
  const told = said.filter(({ part }) => part.startsWith("EVN "))
  const { elements, mentions } = joinParts(said.filter((one) => !told.includes(one)))
  const events = told
    .toSorted((one, other) => one.messageId - other.messageId)
    .flatMap(({ makes }) => (makes as { events?: VisitEvent[] } | null)?.events ?? [])
  const history = visitHistory(events, read, reading)
  const pending = (elements as Partial<Encounter>).location ?? []
  const location = [...(history.location ?? []), ...pending]
  const places = new Set(location.map((stay) => stay.location.reference))
  return {
    elements: { ...elements, ...compact({ ...history, location }) },
    mentions: [
      ...mentions,
      ...leadingTo(
        places,
        told.flatMap((one) => one.mentions),
        reading,
      ),
    ],
  }
}

/** Of the Locations that events mention the places a visit has, and those that they are part of. */
function leadingTo(
  places: ReadonlySet<string | undefined>,
  mentions: readonly Identified[],
  reading: Reading,
): Identified[] {
  const wanted = new Set(places)
  const found: Identified[] = []
  // A place is mentioned before those in it.
  for (const one of mentions.toReversed()) {
    if (!wanted.has(nameOf(one, reading))) continue
    if (one.resourceType === "Location") wanted.add(one.partOf?.reference)
    found.push(one)
  }
  return found.reverse()
}

function nameOf(resource: Identified, reading: Reading): string | undefined {
  const own = ownIdentifierOf(reading.site.id, resource)
  return own && referenceTo(own).reference
}

/** Of a choice that two fields make one element each, the one that says more is kept. */
function settleChoices(patient: Partial<Patient>): Partial<Patient> {
  const { deceasedDateTime, multipleBirthInteger } = patient
  const settled = { ...patient }
  if (deceasedDateTime !== undefined) delete settled.deceasedBoolean
  if (multipleBirthInteger !== undefined) delete settled.multipleBirthBoolean
  return settled
}

/** What an update says of a visit nobody has told of before: the guide's reading of its class. */
function usualStatus(visitClass: string | undefined): Encounter["status"] {
  return targetOf(encounterStatus, visitClass)?.code ?? "unknown"
}

const patientElements = new Map<string, readonly string[]>([
  ...pidFields.map(({ field, elements }) => [`PID-${field}`, elements] as const),
  ...pd1Fields.map(({ field, elements }) => [`PD1-${field}`, elements] as const),
  ...pv1PatientFields.map(({ field, elements }) => [`PV1-${field}`, elements] as const),
  ["NK1", nk1Elements],
  [rolePart, ["generalPractitioner"]],
])

const encounterElements = new Map<string, readonly string[]>([
  ...pv1Fields.map(({ field, elements }) => [`PV1-${field}`, elements] as const),
  ...pv2Fields.map(({ field, elements }) => [`PV2-${field}`, elements] as const),
  ["DG1", ["diagnosis"]],
  [rolePart, ["participant"]],
])
