import type {
  Address,
  CodeableConcept,
  ContactPoint,
  HumanName,
  Identifier,
  Patient,
  PatientContact,
  Reference,
  RelatedPerson,
} from "fhir/r4"
import { type Identified, siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { each, type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { translated } from "../type/cwe.ts"
import { identifier, identifierTypeOf } from "../type/cx.ts"
import { date, period } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
import { language } from "../type/language.ts"
import { address } from "../type/xad.ts"
import { organization } from "../type/xon.ts"
import { personName } from "../type/xpn.ts"
import { contactPoint } from "../type/xtn.ts"
import { contactRole } from "../vocabulary/contact-role.ts"
import { relationship } from "../vocabulary/relationship.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The elements of Patient that the part `NK1` makes. */
export const nk1Elements = ["contact"] as const satisfies (keyof Patient)[]

/**
 * All NK1 of a message (2.5.1, 3.4.5) as one part: they are sent together as they stand, and one
 * alone has no lasting number. A single NK1 with `""` for its name deletes the contacts.
 */
export function nk1Parts(segments: Segment[], reading: Reading): Part[] {
  if (segments.length === 0) return []
  const part = partOf("NK1", reading, (mention) => ({
    contact: segments
      .map((nk1) => contact(nk1, reading, mention))
      .filter((each) => each !== undefined),
  }))
  if (part !== undefined) return [part]
  const deleted = segments.length === 1 && segments[0]?.deleted(2)
  return deleted ? [{ part: "NK1", makes: null, mentions: [] }] : []
}

/** One contact; undefined for one that says neither who it is nor how to reach them (pat-1). */
function contact(nk1: Segment, reading: Reading, mention: Mention): PatientContact | undefined {
  const [name] = namesOf(nk1, reading)
  const [home] = addressesOf(nk1, reading)
  const [employer] = each(nk1, 13, (xon) =>
    organization(xon, reading, (one) => mention(withPerson(one, nk1, reading))),
  )
  const telecom = telecomsOf(nk1, reading)
  const reachable = name ?? home ?? employer ?? telecom[0]
  if (reachable === undefined) return undefined
  return {
    relationship: relationshipsOf(nk1, reading),
    name,
    telecom,
    address: home,
    gender: nk1.text(15) === undefined ? undefined : gender(nk1, 15, reading),
    organization: employer,
    period: period(nk1.text(8), nk1.text(9), "NK1-8", reading),
  }
}

/** An organization that is next of kin, with whom to ask for there (NK1-30 to NK1-32). */
function withPerson(one: Identified, nk1: Segment, reading: Reading): Identified {
  if (one.resourceType !== "Organization") return one
  const [name] = each(nk1, 30, (xpn) => personName(xpn, "NK1-30", reading))
  const telecom = each(nk1, 31, (xtn) => contactPoint(xtn, undefined, "NK1-31", reading))
  const [at] = each(nk1, 32, (xad) => address(xad, "NK1-32", reading))
  return { ...one, contact: [{ name, telecom, address: at }] }
}

/**
 * The person of an NK1, besides the contact that they are: known by the patient and their name,
 * else their number (NK1-33, NK1-12). Undefined for one who has neither.
 */
export function relatedPerson(
  nk1: Segment,
  patient: Reference,
  reading: Reading,
): RelatedPerson | undefined {
  const fields = [33, 12] as const
  const numbers = fields.flatMap((field) =>
    each(nk1, field, (cx) => identifier(cx, "related-person", `NK1-${field}`, reading)),
  )
  const name = namesOf(nk1, reading)
  const [number] = fields.flatMap((field) => nk1.repetitions(field))
  const identity = relatedIdentity(name[0], number, patient, reading)
  if (identity === undefined) return undefined
  const spoken = each(nk1, 20, (cwe) => language(cwe, reading))
  return {
    resourceType: "RelatedPerson",
    identifier: [identity, ...numbers, ...socialSecurity(nk1, reading)],
    patient,
    relationship: relationshipsOf(nk1, reading),
    name,
    telecom: telecomsOf(nk1, reading),
    gender: nk1.text(15) === undefined ? undefined : gender(nk1, 15, reading),
    birthDate: date(nk1.text(16), "NK1-16", reading),
    address: addressesOf(nk1, reading),
    communication: spoken.map((one) => ({ language: one })),
    period: period(nk1.text(8), nk1.text(9), "NK1-8", reading),
  }
}

/** NK1-37, as PID-19 is read. */
function socialSecurity(nk1: Segment, reading: Reading): Identifier[] {
  const value = nk1.text(37)
  if (value === undefined) return []
  const system = siteSystem(reading.site.id, "ssn")
  return [{ type: identifierTypeOf("SS"), system, value }]
}

/** NK1-2, and the contact person (NK1-30) of an organization. */
function namesOf(nk1: Segment, reading: Reading): HumanName[] {
  return ([2, 30] as const).flatMap((field) =>
    each(nk1, field, (xpn) => personName(xpn, `NK1-${field}`, reading)),
  )
}

function addressesOf(nk1: Segment, reading: Reading): Address[] {
  return ([4, 32] as const).flatMap((field) =>
    each(nk1, field, (xad) => address(xad, `NK1-${field}`, reading)),
  )
}

function telecomsOf(nk1: Segment, reading: Reading): ContactPoint[] {
  return ([5, 6, 31, 40, 41] as const).flatMap((field) =>
    each(nk1, field, (xtn) =>
      contactPoint(xtn, field === 6 ? "work" : undefined, `NK1-${field}`, reading),
    ),
  )
}

/** How the person is related (NK1-3), and what for (NK1-7). */
function relationshipsOf(nk1: Segment, reading: Reading): CodeableConcept[] {
  return [
    ...each(nk1, 3, (cwe) =>
      translated(cwe, targetOf(relationship, cwe.text(1)), "NK1-3", reading),
    ),
    ...each(nk1, 7, (cwe) => translated(cwe, targetOf(contactRole, cwe.text(1)), "NK1-7", reading)),
  ]
}
