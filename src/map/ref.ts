import type { Reference } from "fhir/r4"
import {
  type Identified,
  type OwnIdentifier,
  ownIdentifierOf,
  referenceTo,
} from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { type MentionedApart, mentionApart } from "./apart.ts"
import { layKnown } from "./known.ts"
import { severalPatients } from "./mentioned.ts"
import { addOrigin, concluded, type Reading, readMessage } from "./reading.ts"
import { referralElements, referralOf, referralParts } from "./referral.ts"
import { type Result, resultsOf } from "./result/groups.ts"
import { distinct, fileResult } from "./result/report.ts"
import { allergy, together } from "./segment/al1.ts"
import { patientIdentity } from "./segment/pid.ts"
import { referralIdentity } from "./segment/rf1.ts"

/**
 * Referrals and their answers (2.5.1, 11.5): one ServiceRequest over its whole life, which these
 * messages own. The guide has no map for REF; this one is ours. The patient, the visit, who refers
 * to whom, what is insured and what is the matter with the patient are mentioned; the results and
 * documents that come along are the sender's to correct.
 */
export const ref: MessageMap = {
  types: ["I12", "I13", "I14", "I15"].flatMap((event) => [`REF^${event}`, `RRI^${event}`]),
  owned,
  map,
}

/** Whether a message says nothing of its referral: it asks how it stands, or did not take it. */
function isSilent({ parsed, message }: Reading): boolean {
  const code = parsed.first("MSA")?.text(1) ?? ""
  return message.type === "REF^I15" || /^[AC][ER]$/.test(code)
}

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const [rf1, pid] = [reading.parsed.first("RF1"), reading.parsed.first("PID")]
  const patient = pid && patientIdentity(pid, reading)
  if (patient === undefined || isSilent(reading)) return []
  const { reference } = referenceTo(patient)
  return [nameOf(referralIdentity(rf1, reference, reading))]
}

function nameOf({ value }: OwnIdentifier): string {
  return `ServiceRequest/${value}`
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const { parsed } = reading
  // The groups of results begin with PID here too; what stands above it is read below.
  const [result] = resultsOf({ ...reading, note: () => {} })
  if (result === undefined) return { problem: "no PID segment" }
  const several = severalPatients(reading)
  if (several !== undefined) return { problem: several }
  const [rf1] = parsed.all("RF1")
  if (rf1 === undefined && parsed.first("PRD") === undefined) {
    return { problem: "neither RF1 nor PRD: there is no referral in it" }
  }
  noteUnread(reading)
  const transaction = new Transaction(reading.site.id)
  const apart = mentionApart(result, 0, reading)
  const identity = referralIdentity(rf1, apart.about.subject.reference ?? "", reading)
  const results = addResults(result, apart, transaction, reading)
  const parts = referralParts(rf1, identity, result, apart, results, {
    transaction,
    reading,
  })
  const layer = { messageId: message.id, known: context.known }
  const laid = layKnown(nameOf(identity), parts, layer, (part) => referralElements.get(part) ?? [])
  const request = referralOf(identity, apart.about.subject, laid.elements)
  const silent = isSilent(reading)
  if (silent) transaction.create(request)
  else transaction.update(request)
  for (const mentioned of [...laid.mentions, ...apart.mentions]) transaction.create(mentioned)
  const { subject } = apart.about
  const allergies = together(parsed.all("AL1").map((al1) => allergy(al1, subject, reading)))
  for (const one of allergies) transaction.create(one)
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: silent ? [] : laid.told })
}

function noteUnread({ parsed, note }: Reading): void {
  const unread = new Set(parsed.segments.map(({ name }) => name).filter((name) => !read.has(name)))
  if (unread.size > 0) note(`segments that no map reads: ${[...unread].join(", ")}`)
}

/** `addOrigin` reads SFT. */
const read: ReadonlySet<string> = new Set(
  "MSH SFT MSA RF1 AUT PRD PID PD1 NK1 IN1 IN2 DG1 PR1 AL1 ORC OBR OBX SPM PRT TQ1 NTE PV1".split(
    " ",
  ),
)

/** Adds the results and documents that come along; gives references to them. */
function addResults(
  result: Result,
  { about }: MentionedApart,
  transaction: Transaction,
  reading: Reading,
): Reference[] {
  if (result.orders.length + result.observed.length === 0) return []
  const filing = { transaction, reading, distinct: distinct() }
  const filed = fileResult({ ...result, notes: [] }, about, filing)
  return filed.flatMap(({ observations, report, documents }) => {
    const found = observations.map(({ resource }) => resource)
    const told: Identified[] = report ? [report, ...documents] : [...found, ...documents]
    return told.map((resource) => named(resource, reading))
  })
}

/**
 * By our identifier: a later message keeps the reference, and does not bring what it refers to.
 */
function named(resource: Identified, reading: Reading): Reference {
  const identifier = ownIdentifierOf(reading.site.id, resource)
  return { type: resource.resourceType, identifier }
}
