import type { Reference, ServiceRequest } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../fhir/identity.ts"
import type { Transaction } from "../fhir/transaction.ts"
import type { Segment } from "../hl7/message.ts"
import type { MentionedApart } from "./apart.ts"
import { insurancesOf } from "./finance/group.ts"
import { type Part, partOf, partsOf } from "./part.ts"
import type { Mention, Reading } from "./reading.ts"
import type { Result } from "./result/groups.ts"
import { authorization } from "./segment/aut.ts"
import { condition } from "./segment/dg1.ts"
import { coverage } from "./segment/in1.ts"
import { annotations } from "./segment/nte.ts"
import { procedure } from "./segment/pr1.ts"
import { provider, rolesOf } from "./segment/prd.ts"
import { rf1Fields, statusOfReferral } from "./segment/rf1.ts"
import { absentCode } from "./type/absent.ts"

/** What a message says of its referral. `results` refers to the results that came along. */
export function referralParts(
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
  // Whether it was done before or is asked for, PR1 does not say.
  const procedures = all("PR1", (pr1, mention) => {
    const made = procedure(pr1, about, "unknown", reading, mention)
    if (made !== undefined) transaction.create(made)
    return made && { ...made, encounter: undefined }
  })
  const coverages = (mention: Mention) =>
    insurancesOf(parsed.segments)
      .map(({ in1, in2 }) => coverage(in1, subject, reading, mention, { in2 }))
      .filter((resource) => resource !== undefined)
      .map(mention)
  const authorizations = all("AUT", (aut, mention) => authorization(aut, subject, reading, mention))
  const made = [
    partOf("MSH-9", reading, () => statusOfReferral(message.type, rf1, reading)),
    partOf("PRD RP", reading, providersIn(reading, identity.value, "RP")),
    partOf("PRD RT", reading, providersIn(reading, identity.value, "RT")),
    partOf("PRD", reading, providersIn(reading, identity.value, undefined)),
    partOf("DG1", reading, (mention) => ({ reasonReference: conditions(mention) })),
    partOf("IN1", reading, (mention) => ({ insurance: coverages(mention) })),
    partOf("AUT", reading, (mention) => ({ insurance: authorizations(mention) })),
    partOf("PR1", reading, (mention) => ({ supportingInfo: procedures(mention) })),
    partOf("OBR", reading, () => ({ supportingInfo: results })),
    partOf("NTE", reading, (mention) => ({ note: annotations(notes, reading, mention) })),
    encounter && { part: "PV1", makes: { encounter }, mentions },
  ]
  const told = made.filter((part) => part !== undefined)
  return [...(rf1 ? partsOf(rf1, rf1Fields, reading) : []), ...told]
}

/** The elements that each part can make. */
export const referralElements: ReadonlyMap<string, readonly string[]> = new Map([
  ...rf1Fields.map(({ field, elements }) => [`RF1-${field}`, elements] as const),
  ["MSH-9", ["status", "_status"]],
  ["PRD RP", ["requester", "supportingInfo"]],
  ["PRD RT", ["performer"]],
  ["PRD", ["supportingInfo"]],
  ["DG1", ["reasonReference"]],
  ["IN1", ["insurance"]],
  ["AUT", ["insurance"]],
  ["OBR", ["supportingInfo"]],
  ["PR1", ["supportingInfo"]],
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
export function referralOf(
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
