import type { Reference, ServiceRequest } from "fhir/r4"
import {
  type Identified,
  type OwnIdentifier,
  ownIdentifierOf,
  referenceTo,
} from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { Segment } from "../hl7/message.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { type MentionedApart, mentionApart } from "./apart.ts"
import { layKnown } from "./known.ts"
import { type Part, partOf, partsOf } from "./part.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { distinct, fileResult } from "./report.ts"
import { type Result, resultsOf } from "./result.ts"
import { allergy } from "./segment/al1.ts"
import { authorization } from "./segment/aut.ts"
import { condition } from "./segment/dg1.ts"
import { coverage } from "./segment/in1.ts"
import { annotations } from "./segment/nte.ts"
import { patientIdentity } from "./segment/pid.ts"
import { provider, rolesOf } from "./segment/prd.ts"
import { referralIdentity, rf1Fields, statusOfReferral } from "./segment/rf1.ts"
import { absentCode } from "./type/absent.ts"

/**
 * Referrals (2.5.1, 11.5): one ServiceRequest over its whole life, which these messages own. The
 * guide has no map for REF; this one is ours. The patient, the visit, who refers to whom, what is
 * insured and what is the matter with the patient are mentioned; the results and documents that
 * come along are the sender's to correct.
 */
export const ref: MessageMap = {
  types: ["REF^I12", "REF^I13", "REF^I14", "REF^I15"],
  owned,
  map,
}

/** It asks how the referral stands, and says nothing of it. */
const asking = "REF^I15"

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const [rf1, pid] = [reading.parsed.first("RF1"), reading.parsed.first("PID")]
  const patient = pid && patientIdentity(pid, reading)
  if (patient === undefined || message.type === asking) return []
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
  const [result, ...others] = resultsOf({ ...reading, note: () => {} })
  if (result === undefined) return { problem: "no PID segment" }
  if (others.length > 0) reading.note("PID: a referral of several patients; the first counts")
  const [rf1] = parsed.all("RF1")
  if (rf1 === undefined && parsed.first("PRD") === undefined) {
    return { problem: "neither RF1 nor PRD: there is no referral in it" }
  }
  noteUnread(reading)
  const transaction = new Transaction(reading.site.id)
  const apart = mentionApart(result, 0, reading)
  const identity = referralIdentity(rf1, apart.about.subject.reference ?? "", reading)
  const results = addResults(result, apart, transaction, reading)
  const parts = partsOfReferral(rf1, identity, result, apart, results, {
    transaction,
    reading,
  })
  const layer = { messageId: message.id, known: context.known }
  const laid = layKnown(nameOf(identity), parts, layer, (part) => elements.get(part) ?? [])
  const request = requestOf(identity, apart.about.subject, laid.elements)
  const asks = message.type === asking
  if (asks) transaction.create(request)
  else transaction.update(request)
  for (const mentioned of [...laid.mentions, ...apart.mentions]) transaction.create(mentioned)
  for (const al1 of parsed.all("AL1")) {
    const made = allergy(al1, apart.about.subject, reading)
    if (made !== undefined) transaction.create(made)
  }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: asks ? [] : laid.told })
}

function noteUnread({ parsed, note }: Reading): void {
  const unread = new Set(parsed.segments.map(({ name }) => name).filter((name) => !read.has(name)))
  if (unread.size > 0) note(`segments that no map reads: ${[...unread].join(", ")}`)
}

/** SFT tells of the sending, which the Provenance already does by MSH. */
const read: ReadonlySet<string> = new Set(
  "MSH SFT RF1 AUT PRD PID PD1 NK1 IN1 DG1 AL1 ORC OBR OBX SPM NTE PV1".split(" "),
)

function partsOfReferral(
  rf1: Segment | undefined,
  identity: OwnIdentifier,
  { notes }: Result,
  { about, mentions }: MentionedApart,
  results: Reference[],
  { transaction, reading }: { transaction: Transaction; reading: Reading },
): Part[] {
  const { parsed, message } = reading
  const { subject, encounter } = about
  const all =
    (name: string, make: (segment: Segment, mention: Mention) => Identified | undefined) =>
    (mention: Mention) =>
      parsed
        .all(name)
        .map((segment) => make(segment, mention))
        .filter((resource) => resource !== undefined)
        .map(mention)
  const conditions = all("DG1", (dg1, mention) => {
    const made = condition(dg1, { patient: subject, encounter }, reading, mention)
    if (made !== undefined) transaction.create(made)
    // A later message may name another visit: what is kept for it must lead nowhere else.
    return made && { ...made, encounter: undefined }
  })
  const coverages = all("IN1", (in1, mention) => coverage(in1, subject, reading, mention))
  const authorizations = all("AUT", (aut, mention) => authorization(aut, subject, reading, mention))
  const event = message.type.split("^")[1] ?? ""
  const made = [
    partOf("MSH-9", reading, () => statusOfReferral(event, rf1, reading)),
    partOf("PRD RP", reading, providersIn(reading, identity.value, "RP")),
    partOf("PRD RT", reading, providersIn(reading, identity.value, "RT")),
    partOf("PRD", reading, providersIn(reading, identity.value, undefined)),
    partOf("DG1", reading, (mention) => ({ reasonReference: conditions(mention) })),
    partOf("IN1", reading, (mention) => ({ insurance: coverages(mention) })),
    partOf("AUT", reading, (mention) => ({ insurance: authorizations(mention) })),
    partOf("OBR", reading, () => ({ supportingInfo: results })),
    partOf("NTE", reading, (mention) => ({ note: annotations(notes, reading, mention) })),
    encounter && { part: "PV1", makes: { encounter }, mentions },
  ]
  const told = made.filter((part) => part !== undefined)
  return [...(rf1 ? partsOf(rf1, rf1Fields, reading) : []), ...told]
}

const elements: ReadonlyMap<string, readonly string[]> = new Map([
  ...rf1Fields.map(({ field, elements }) => [`RF1-${field}`, elements] as const),
  ["MSH-9", ["status", "_status"]],
  ["PRD RP", ["requester", "supportingInfo"]],
  ["PRD RT", ["performer"]],
  ["PRD", ["supportingInfo"]],
  ["DG1", ["reasonReference"]],
  ["IN1", ["insurance"]],
  ["AUT", ["insurance"]],
  ["OBR", ["supportingInfo"]],
  ["NTE", ["note"]],
  ["PV1", ["encounter"]],
])

/** Who refers (RP), to whom (RT), and who has a part in it that R4 has no word for. */
function providersIn(reading: Reading, referral: string, role: "RP" | "RT" | undefined) {
  return (mention: Mention): Partial<ServiceRequest> => {
    const named = reading.parsed
      .all("PRD")
      .filter((prd) => roleIn(prd) === role)
      .map((prd) => provider(prd, referral, reading, mention))
      .filter((reference) => reference !== undefined)
    const [requester, ...others] = named
    if (role === "RP") return { requester, supportingInfo: others }
    return role === "RT" ? { performer: named } : { supportingInfo: named }
  }
}

function roleIn(prd: Segment): "RP" | "RT" | undefined {
  const roles = rolesOf(prd)
  return roles.includes("RT") ? "RT" : roles.includes("RP") ? "RP" : undefined
}

/** The ServiceRequest of these elements. */
function requestOf(
  identity: OwnIdentifier,
  subject: Reference,
  elements: Partial<ServiceRequest>,
): ServiceRequest {
  const { identifier = [], category = [], code, orderDetail } = elements
  return {
    resourceType: "ServiceRequest",
    ...elements,
    identifier: [identity, ...identifier],
    status: elements.status ?? "unknown",
    intent: "order",
    category: [referral, ...category],
    code: code ?? absentCode,
    orderDetail,
    subject,
  }
}

const referral = {
  coding: [
    { system: "http://snomed.info/sct", code: "3457005", display: "Patient referral (procedure)" },
  ],
}

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
