import type { Patient, Reference } from "fhir/r4"
import { type OwnIdentifier, referenceTo } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import { accountsOf } from "./adt/account.ts"
import { addCareTeam, careTeamNames } from "./adt/care-team.ts"
import { addClinical, addDiagnoses, readSegments } from "./adt/clinical.ts"
import {
  lacksPrior,
  mergePart,
  type PriorPatient,
  recordParts,
  renumbers,
  replacedBy,
  withPrior,
} from "./adt/merge.ts"
import { isRole, type Person, peopleOf, rolesAround, segmentsOf } from "./adt/person.ts"
import { addVisit, type PlannedVisit, visitsOf } from "./adt/visit.ts"
import type { Layer } from "./known.ts"
import type { About } from "./mentioned.ts"
import { layPatient, type Owned, ownedName } from "./owned.ts"
import { type Part, partsOf } from "./part.ts"
import { addOrigin, concluded, noteUnread, type Reading, readMessage } from "./reading.ts"
import { happened } from "./segment/evn.ts"
import { priorElements } from "./segment/mrg.ts"
import { nk1Parts } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { patientIdentity, pidParts } from "./segment/pid.ts"
import { pv1PatientFields } from "./segment/pv1-patient.ts"
import { patientRoles } from "./segment/rol.ts"
import { selfParts } from "./segment/rol-self.ts"

/**
 * Patient administration (2.5.1, chapter 3): visits from their planning to their end, with
 * everything that is taken back on the way; persons, and what merges, links and moves them. These
 * messages own the Patient and the Encounter they speak of.
 */
export const adt: MessageMap = {
  types: [
    ...["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13"],
    ...["A14", "A15", "A16", "A17", "A18", "A21", "A22", "A23", "A24", "A25", "A26", "A27", "A28"],
    ...["A29", "A30", "A31", "A32", "A33", "A34", "A35", "A36", "A37", "A38", "A39", "A40", "A41"],
    ...["A43", "A44", "A45", "A46", "A47", "A49", "A50", "A51", "A60"],
  ].map((event) => `ADT^${event}`),
  owned,
  map,
}

/** What a message is about, in one of its patients. */
interface Plan {
  person: Person
  patient: OwnIdentifier
  /** The patients whose place this one takes. */
  prior: PriorPatient[]
  visits: PlannedVisit[]
}

/** What a map writes into. */
export interface Writing {
  transaction: Transaction
  reading: Reading
  layer: Layer
  told: Told[]
}

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const names = plansOf(reading).flatMap(({ person, patient, prior, visits }) => [
    ...[patient, ...prior.map(({ identity }) => identity)].map((one) => ownedName("Patient", one)),
    ...visits
      .flatMap(({ identity, former }) => [identity, former])
      .filter((one) => one !== undefined)
      .map((one) => ownedName("Encounter", one)),
    ...careTeamNames(person, referenceTo(patient), reading),
  ])
  return [...new Set([...names, ...accountsOf(reading)])]
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  if (reading.parsed.first("PID") === undefined) return { problem: "no PID segment" }
  const plans = plansOf(reading)
  if (plans.length === 0) return { problem: "PID-3 names no patient number" }
  if (plans.every(({ person }) => lacksPrior(segmentsOf(person, "MRG"), reading))) {
    return { problem: "MRG-1 names no former patient number: who goes on in whom is not told" }
  }
  const writing: Writing = {
    transaction: new Transaction(reading.site.id),
    reading,
    layer: { messageId: message.id, known: context.known },
    told: [],
  }
  const patients = plans.map(({ patient }) => patient)
  for (const plan of plans) {
    const others = patients.filter(({ value }) => value !== plan.patient.value)
    addPerson(plan, others, writing)
  }
  noteUnread(reading, readSegments)
  const told = happened(reading, (resource) => writing.transaction.create(resource))
  addOrigin(writing.transaction, reading, told)
  return concluded(reading, writing)
}

function plansOf(reading: Reading): Plan[] {
  return peopleOf(reading).flatMap((person) => {
    const patient = patientIdentity(person.pid, reading)
    if (patient === undefined) {
      reading.note("PID-3 names no patient number: the patient is left out")
      return []
    }
    const mrgs = segmentsOf(person, "MRG")
    const prior = replacedBy(patient, { pid: person.pid, mrgs }, reading)
    return [{ person, patient, prior, visits: visitsOf(person, patient, reading) }]
  })
}

function addPerson(plan: Plan, others: readonly OwnIdentifier[], writing: Writing): void {
  const { person, patient, prior, visits } = plan
  const { reading, layer } = writing
  noteOtherRoles(plan, reading)
  const parts = [
    ...patientParts(person, referenceTo(patient), reading),
    ...(visits[0]?.pv1 ? partsOf(visits[0].pv1, pv1PatientFields, reading) : []),
    ...recordParts(others, reading),
    ...prior.flatMap(({ identity, mrg }) =>
      mergePart(identity, "replaces", priorElements(mrg, reading), reading),
    ),
  ]
  const [first] = prior
  const from =
    first && renumbers(reading)
      ? { resource: ownedName("Patient", first.identity), renamed: [] }
      : undefined
  const laid = layPatient(patient, parts, { ...layer, from })
  add(laid, laid.resource, writing)
  for (const one of prior) addPrior(one, patient, laid.resource, writing)
  const [main] = visits
  const about: About = {
    subject: referenceTo(patient),
    encounter: main && referenceTo(main.identity),
  }
  const diagnoses = addDiagnoses(person, about, writing)
  for (const visit of visits) addVisit(visit, visit === main ? diagnoses : [], patient, writing)
  addClinical(person, about, writing)
  addCareTeam(person, about.subject, writing)
}

/** The patient that was, which from now on leads to the one that took its place. */
function addPrior(
  { identity, mrg }: PriorPatient,
  patient: OwnIdentifier,
  survivor: Patient,
  writing: Writing,
): void {
  const { reading, layer } = writing
  const [, ...others] = survivor.identifier ?? []
  const parts = mergePart(patient, "replaced-by", { identifier: others }, reading)
  const laid = layPatient(identity, parts, layer)
  add(laid, withPrior(laid.resource, mrg, reading), writing)
}

function add(laid: Owned<Patient>, resource: Patient, { transaction, told }: Writing): void {
  transaction.update(resource)
  for (const mentioned of laid.mentions) transaction.create(mentioned)
  told.push(...laid.told)
}

function patientParts(person: Person, subject: Reference, reading: Reading): Part[] {
  return [
    ...pidParts(person.pid, reading),
    ...segmentsOf(person, "PD1")
      .slice(0, 1)
      .flatMap((pd1) => partsOf(pd1, pd1Fields, reading)),
    ...patientRoles(rolesAround(person), subject, reading),
    ...selfParts(rolesAround(person), person.pid, reading),
    ...nk1Parts(segmentsOf(person, "NK1"), reading),
  ]
}

/** A role in an insurance is of neither the patient nor the visit, nor in what is done for them. */
function noteOtherRoles({ person, visits }: Plan, reading: Reading): void {
  const read = new Set([...rolesAround(person), ...visits.flatMap(({ roles }) => roles)])
  let above = ""
  for (const segment of person.segments) {
    const { name } = segment
    // A PRT under an OBX is the observation's: who observed, and with which device.
    const isElsewhere = above === "PR1" || (name === "PRT" && above === "OBX")
    if (isRole(segment) && !read.has(segment) && !isElsewhere) {
      reading.note(
        `${name}: one that is not the patient's, the visit's or a procedure's is left out`,
      )
    }
    if (!isRole(segment) && name !== "NTE") above = name
  }
}
