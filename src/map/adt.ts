import type { Reference } from "fhir/r4"
import { referenceTo } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { layEncounter, layPatient, ownedName } from "./owned.ts"
import { type Part, partOf, partsOf } from "./part.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { allergy } from "./segment/al1.ts"
import { condition, type Diagnosed, encounterDiagnosisOf, isDeleted } from "./segment/dg1.ts"
import { coverage } from "./segment/in1.ts"
import { nk1Parts } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { patientIdentity, pidParts } from "./segment/pid.ts"
import {
  encounterIdentity,
  namesVisit,
  pv1Fields,
  speaksOfVisit,
  visitStatus,
} from "./segment/pv1.ts"

/**
 * Patient administration (2.5.1, chapter 3): admission, discharge, registration, and updates of a
 * visit or a person. These messages own the Patient and the Encounter they speak of.
 */
export const adt: MessageMap = {
  types: ["ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A28", "ADT^A31"],
  owned,
  map,
}

/** Messages about a person, not a visit: their PV1 is there because the structure demands one. */
const personTypes = new Set(["ADT^A28", "ADT^A31"])

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const pid = reading.parsed.first("PID")
  const patient = pid && patientIdentity(pid, reading)
  if (patient === undefined) return []
  const visit = visitIn(reading, referenceTo(patient))
  const names = [ownedName("Patient", patient)]
  return visit ? [...names, ownedName("Encounter", visit.identity)] : names
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const pid = reading.parsed.first("PID")
  if (pid === undefined) return { problem: "no PID segment" }
  const identity = patientIdentity(pid, reading)
  if (identity === undefined) return { problem: "PID-3 names no patient number" }
  const transaction = new Transaction(reading.site.id)
  const mention: Mention = (resource) => transaction.create(resource)

  const layer = { messageId: message.id, known: context.known }
  const patient = layPatient(identity, patientParts(reading), layer)
  const reference = transaction.update(patient.resource)
  patient.mentions.forEach(mention)

  const visit = visitOf(reading, reference)
  const diagnosed = { patient: reference, encounter: visit && referenceTo(visit.identity) }
  const parts = [...(visit?.parts ?? []), ...addDiagnoses(transaction, diagnosed, reading)]
  const encounter =
    visit && layEncounter(visit.identity, reference, parts, layer, visit.visitClass, reading)
  if (encounter !== undefined) transaction.update(encounter.resource)
  encounter?.mentions.forEach(mention)

  noteUnread(reading)
  addAllergies(transaction, reference, reading)
  addCoverages(transaction, reference, reading, mention)
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [...patient.told, ...(encounter?.told ?? [])] })
}

/** What no map reads is not dropped without a trace. */
function noteUnread(reading: Reading): void {
  const names = reading.parsed.segments.map(({ name }) => name)
  const unread = new Set(names.filter((name) => !read.has(name)))
  if (unread.size > 0) reading.note(`segments that no map reads: ${[...unread].join(", ")}`)
}

/** EVN and SFT tell of the sending, which the Provenance already does by MSH. */
const read = new Set(["MSH", "SFT", "EVN", "PID", "PD1", "NK1", "PV1", "AL1", "DG1", "IN1"])

function patientParts(reading: Reading): Part[] {
  const { parsed } = reading
  return [
    ...parsed
      .all("PID")
      .slice(0, 1)
      .flatMap((pid) => pidParts(pid, reading)),
    ...parsed
      .all("PD1")
      .slice(0, 1)
      .flatMap((pd1) => partsOf(pd1, pd1Fields, reading)),
    ...nk1Parts(parsed.all("NK1"), reading),
  ]
}

/** What a message says of its visit; undefined where it is about the person alone. */
function visitOf(reading: Reading, patient: Reference) {
  const visit = visitIn(reading, patient)
  if (visit === undefined) return undefined
  const { pv1, identity } = visit
  const status = visitStatus(reading.message.type, pv1)
  const event: Part[] = status ? [{ part: "MSH-9", makes: { status }, mentions: [] }] : []
  const parts = [...event, ...partsOf(pv1, pv1Fields, reading)]
  return { identity, visitClass: pv1.text(2), parts }
}

/** The visit a message speaks of. */
function visitIn(reading: Reading, patient: Reference) {
  const pv1 = reading.parsed.first("PV1")
  if (pv1 === undefined || personTypes.has(reading.message.type)) return undefined
  if (!speaksOfVisit(pv1)) return undefined
  if (!namesVisit(pv1, reading)) {
    reading.note(
      "PV1: neither a visit number (PV1-19) nor a time of admission (PV1-44) names the visit",
    )
    // What an update says of a visit that can't be found would be one more visit, and never end.
    if (reading.message.type === "ADT^A08") return undefined
  }
  return { pv1, identity: encounterIdentity(pv1, patient, reading) }
}

/**
 * Adds the Conditions, and gives all DG1 as one part of the visit: a message lists its diagnoses
 * as they stand. One that it deletes is told as an error, and is no longer the visit's.
 */
function addDiagnoses(transaction: Transaction, diagnosed: Diagnosed, reading: Reading): Part[] {
  const conditions: Reference[] = []
  const part = partOf("DG1", reading, (mention) => ({
    diagnosis: reading.parsed.all("DG1").flatMap((dg1) => {
      const made = condition(dg1, diagnosed, reading, (resource) => {
        transaction.create(resource)
        return mention(resource)
      })
      if (made === undefined) return []
      conditions.push(transaction.update(made))
      return isDeleted(dg1) ? [] : [encounterDiagnosisOf(dg1, mention(made), reading)]
    }),
  }))
  if (part !== undefined) return [part]
  return conditions.length > 0 ? [{ part: "DG1", makes: null, mentions: [] }] : []
}

function addAllergies(transaction: Transaction, patient: Reference, reading: Reading): void {
  for (const al1 of reading.parsed.all("AL1")) {
    const made = allergy(al1, patient, reading)
    if (made !== undefined) transaction.update(made)
  }
}

function addCoverages(
  transaction: Transaction,
  patient: Reference,
  reading: Reading,
  mention: Mention,
): void {
  for (const in1 of reading.parsed.all("IN1")) {
    const made = coverage(in1, patient, reading, mention)
    if (made !== undefined) transaction.update(made)
  }
}
