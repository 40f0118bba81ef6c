import type { Encounter, EncounterLocation, Patient, Reference } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../fhir/identity.ts"
import type { Told } from "../message.ts"
import { layKnown } from "./known.ts"
import type { Part } from "./part.ts"
import type { Reading } from "./reading.ts"
import { nk1Elements } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { pidFields } from "./segment/pid.ts"
import { pv1Fields, unknownClass } from "./segment/pv1.ts"
import { orderedPeriod } from "./type/dtm.ts"
import { encounterStatus } from "./vocabulary/encounter-status.ts"
import { targetOf } from "./vocabulary/target.ts"

/** A resource that a message keeps up to date, as it is to stand at the destination. */
export interface Owned<R> {
  resource: R
  mentions: Identified[]
  told: Told[]
}

/** What this message speaks over: the id it has in the journal, and what was told before. */
interface Layer {
  messageId: number
  known: readonly Told[]
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
  const laid = layKnown(name, parts, layer, (part) => patientElements.get(part) ?? [])
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
  const laid = layKnown(name, parts, layer, (part) => encounterElements.get(part) ?? [])
  const resource = encounterOf(identity, subject, laid.elements, visitClass, reading)
  return { resource, mentions: laid.mentions, told: laid.told }
}

/** The Encounter of these elements; what its class is (PV1-2) tells the status nobody gave. */
export function encounterOf(
  identity: OwnIdentifier,
  subject: Reference,
  elements: Partial<Encounter>,
  visitClass: string | undefined,
  reading: Reading,
): Encounter {
  const { period, location } = elements
  const status = elements.status ?? usualStatus(visitClass)
  return {
    resourceType: "Encounter",
    ...elements,
    identifier: [identity, ...(elements.identifier ?? [])],
    status,
    class: elements.class ?? unknownClass,
    subject,
    // Whoever was discharged is no longer there, also where a later update repeats PV1-3.
    location: status === "finished" ? location?.map(left) : location,
    period: period && orderedPeriod(period, "PV1-45", reading),
  }
}

function left(place: EncounterLocation): EncounterLocation {
  return place.status === "active" ? { ...place, status: "completed" } : place
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
  ["NK1", nk1Elements],
])

const encounterElements = new Map<string, readonly string[]>([
  ...pv1Fields.map(({ field, elements }) => [`PV1-${field}`, elements] as const),
  ["MSH-9", ["status"]],
  ["DG1", ["diagnosis"]],
])
