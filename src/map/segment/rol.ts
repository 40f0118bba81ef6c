import type {
  CodeableConcept,
  EncounterParticipant,
  Period,
  Practitioner,
  PractitionerRole,
  Reference,
} from "fhir/r4"
import type { Identified } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { each, type Part, partOf } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { concept } from "../type/cwe.ts"
import { period } from "../type/dtm.ts"
import { entityKey } from "../type/ei.ts"
import { location } from "../type/pl.ts"
import { officeAddress } from "../type/xad.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { nameText } from "../type/xpn.ts"
import { relative } from "./relative.ts"
import { roleIn } from "./role-code.ts"
import {
  addressesOf,
  contactNumbers,
  roleNumber,
  roleNumbers,
  rolFields,
  telecomsOf,
} from "./role-contact.ts"

/** The part that all ROL of a person or a visit make together. */
export const rolePart = "ROL"

/** The roles around a patient (2.5.1, 15.4.7): who looks after them, as the guide has it. */
export function patientRoles(
  segments: readonly Segment[],
  subject: Reference,
  reading: Reading,
): Part[] {
  const treating = segments.filter(isNominated)
  return rolesAs(treating, reading, (mention) => ({
    generalPractitioner: treating.flatMap((rol) => {
      const played = roleOf(rol, subject, true, reading, mention)
      if (played === undefined || played.related) return []
      return [practitionerRole(played, rol, reading, mention)]
    }),
  }))
}

/**
 * The Patient names the primary care provider and the family's. Whoever else takes part in the
 * patient's care is one of the CareTeam.
 */
export function isNominated(rol: Segment): boolean {
  return nominated.has(rol.text(rolFields(rol).role) ?? "")
}

const nominated: ReadonlySet<string> = new Set(["PP", "FHCP"])

/** The roles in a visit, beside those of PV1. */
export function visitRoles(
  segments: readonly Segment[],
  subject: Reference,
  reading: Reading,
): Part[] {
  return rolesAs(segments, reading, (mention) => ({
    participant: segments.flatMap((rol): EncounterParticipant[] => {
      const played = roleOf(rol, subject, hasMore(rol), reading, mention)
      if (played === undefined) return []
      const { role, during, person, related } = played
      const individual =
        person && (related || !hasMore(rol))
          ? person
          : practitionerRole(played, rol, reading, mention)
      return [{ type: role && [role], period: during, individual }]
    }),
  }))
}

/** They are sent together as they stand, like NK1; with all of them taken back there is none. */
function rolesAs(
  segments: readonly Segment[],
  reading: Reading,
  make: (mention: Mention) => object,
): Part[] {
  if (segments.length === 0) return []
  const part = partOf(rolePart, reading, make)
  if (part !== undefined) return [part]
  return segments.every(isDeleted) ? [{ part: rolePart, makes: null, mentions: [] }] : []
}

/** What somebody does, and when. */
export interface Played {
  role: CodeableConcept | undefined
  during: Period | undefined
  person: Reference | undefined
  /** The person is one of the patient's own people. */
  related: boolean
  firm: Reference | undefined
}

/**
 * Who plays a role around a patient, and which; undefined where nobody does, or no longer.
 * `subject`: whose relatives there may be among them. `inRole`: a PractitionerRole says how to
 * reach them, not the Practitioner.
 */
export function roleOf(
  rol: Segment,
  subject: Reference | undefined,
  inRole: boolean,
  reading: Reading,
  mention: Mention,
): Played | undefined {
  if (isDeleted(rol)) return undefined
  const at = rolFields(rol)
  if (rol.repetitions(at.person).length > 1) {
    reading.note(`${rol.name}-${at.person}: of several persons in one role the first counts`)
  }
  const role = roleIn(rol, reading)
  const kin = subject && relative(rol, subject, reading)
  const [person] = kin
    ? [{ ...mention(kin), display: kin.name?.[0] && nameText(kin.name[0]) }]
    : each(rol, at.person, (xcn) =>
        practitioner(xcn, reading, (one) => mention(reached(one, rol, inRole, reading))),
      )
  const [firm] = each(rol, at.organization, (xon) =>
    organization(xon, reading, (one) => mention(firmOf(one, rol, person === undefined, reading))),
  )
  if (person === undefined && firm === undefined) {
    reading.note(`${rol.name}: nobody is named in the role; it is left out`)
    return undefined
  }
  return { role, during: during(rol, reading), person, related: kin !== undefined, firm }
}

/** Since when somebody is in a role, and until when. */
export function during(rol: Segment, reading: Reading): Period | undefined {
  const { start, end } = rolFields(rol)
  return period(rol.text(start), rol.text(end), `${rol.name}-${start}`, reading)
}

/**
 * The person or organization in the role, which is known by both, by what the role is and since
 * when, and by its number: one doctor looks after many patients, each from another day on.
 */
export function practitionerRole(
  { role, during, person, firm }: Played,
  rol: Segment,
  reading: Reading,
  mention: Mention,
): Reference {
  const at = rolFields(rol)
  const number = roleNumber(rol)
  const [coding] = role?.coding ?? []
  const code = coding === undefined ? role?.text : `${coding.system}|${coding.code}`
  const key = [person, firm].map((one) => one?.reference ?? one?.display ?? "")
  const which = number ? [entityKey(number)] : []
  const when = during ? [`${during.start ?? ""}/${during.end ?? ""}`] : []
  const [here] = addressesOf(rol, reading).place
  const place: Reference[] = each(rol, at.place, (pl) =>
    location(pl, reading, mention, { address: here }),
  )
  const types = each(rol, at.type, (cwe) =>
    concept(cwe, rol.name === "PRT" ? "PRT-6" : "ROL-9", reading),
  )
  const played: PractitionerRole = {
    resourceType: "PractitionerRole",
    identifier: [
      own(reading, "PractitionerRole", ...key, code ?? "", ...when, ...which),
      ...roleNumbers(rol, reading),
      ...contactNumbers(rol, reading),
    ],
    period: during,
    practitioner: person,
    organization: firm ?? unitNamed(rol, reading),
    // The guide has PRT-6, which is what kind of staff they are, in both.
    code: [...(role ? [role] : []), ...(rol.name === "PRT" ? types : [])],
    specialty: types,
    location: place,
    telecom: telecomsOf(rol, "work", reading),
  }
  return { ...mention(played), display: person?.display ?? firm?.display }
}

/** Whether more is said than who, in which role and when: also which role it is (ROL-1). */
function hasMore(rol: Segment): boolean {
  const { organization, phone, place, type } = rolFields(rol)
  const fields = [organization, phone, place, type]
  return roleNumber(rol) !== undefined || fields.some((at) => rol.repetitions(at).length > 0)
}

/** The person with their own addresses, and with how else to reach them where no role tells it. */
function reached(one: Identified, rol: Segment, inRole: boolean, reading: Reading): Identified {
  if (one.resourceType !== "Practitioner") return one
  const made: Practitioner = { ...one, address: addressesOf(rol, reading).person }
  if (inRole) return made
  const identifier = [...(one.identifier ?? []), ...contactNumbers(rol, reading)]
  return { ...made, identifier, telecom: telecomsOf(rol, undefined, reading) }
}

/**
 * The organization with what kind it is (PRT-7, ROL-10), and how to reach it where it is named
 * alone: beside a person, the numbers are theirs, and the addresses that are no firm's.
 */
function firmOf(one: Identified, rol: Segment, alone: boolean, reading: Reading): Identified {
  if (one.resourceType !== "Organization") return one
  const type = unitsOf(rol, reading)
  if (!alone) return { ...one, type, address: addressesOf(rol, reading).firm }
  const field = rolFields(rol).address
  const at = each(rol, field, (xad) => officeAddress(xad, `${rol.name}-${field}`, reading))
  return { ...one, type, address: at, telecom: telecomsOf(rol, "work", reading) }
}

/** Where the work is done: at home, in an office, a hospital (table 0406). */
function unitsOf(rol: Segment, reading: Reading): CodeableConcept[] {
  const field = rol.name === "PRT" ? "PRT-7" : "ROL-10"
  return each(rol, rolFields(rol).unit, (cwe) => concept(cwe, field, reading))
}

/** What kind of place somebody is from, where no organization is named: only in words. */
export function unitNamed(rol: Segment, reading: Reading): Reference | undefined {
  const [unit] = unitsOf(rol, reading)
  const display = unit?.text ?? unit?.coding?.[0]?.display
  return display === undefined ? undefined : { type: "Organization", display }
}

/** ROL-2 and PRT-2 (tables 0287 and 0206): who is taken out of the role. */
export function isDeleted(rol: Segment): boolean {
  return ["D", "DE"].includes(rol.text(2) ?? "")
}
