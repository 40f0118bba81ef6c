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
import { concept, translated } from "../type/cwe.ts"
import { period } from "../type/dtm.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { location } from "../type/pl.ts"
import { address } from "../type/xad.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { officeNumber } from "../type/xtn.ts"
import { participation } from "../vocabulary/participation.ts"
import { providerRole } from "../vocabulary/provider-role.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The part that all ROL of a person or a visit make together. */
export const rolePart = "ROL"

/** The roles around a patient (2.5.1, 15.4.7): who looks after them, as the guide has it. */
export function patientRoles(segments: readonly Segment[], reading: Reading): Part[] {
  return rolesAs(segments, reading, (mention) => ({
    generalPractitioner: segments.flatMap((rol) => {
      const played = roleOf(rol, reading, mention)
      return played ? [practitionerRole(played, rol, reading, mention)] : []
    }),
  }))
}

/** The roles in a visit, beside those of PV1. */
export function visitRoles(segments: readonly Segment[], reading: Reading): Part[] {
  return rolesAs(segments, reading, (mention) => ({
    participant: segments.flatMap((rol): EncounterParticipant[] => {
      const played = roleOf(rol, reading, mention)
      if (played === undefined) return []
      const { role, during, person } = played
      const individual =
        person && !hasMore(rol) ? person : practitionerRole(played, rol, reading, mention)
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
interface Played {
  role: CodeableConcept | undefined
  during: Period | undefined
  person: Reference | undefined
  firm: Reference | undefined
}

function roleOf(rol: Segment, reading: Reading, mention: Mention): Played | undefined {
  if (isDeleted(rol)) return undefined
  const at = fieldsOf(rol)
  const [person] = each(rol, at.person, (xcn) =>
    practitioner(xcn, reading, (one) => mention(addressed(one, rol, reading))),
  )
  const [firm] = each(rol, at.organization, (xon) => organization(xon, reading, mention))
  if (person === undefined && firm === undefined) {
    reading.note(`${rol.name}: nobody is named in the role; it is left out`)
    return undefined
  }
  const [role] = each(rol, at.role, (cwe) => {
    const code = cwe.text(1)
    return rol.name === "PRT"
      ? translated(cwe, targetOf(participation, code), "PRT-4", reading)
      : translated(cwe, targetOf(providerRole, code), "ROL-3", reading)
  })
  const where = `${rol.name}-${at.start}`
  const during = period(rol.text(at.start), rol.text(at.end), where, reading)
  return { role, during, person, firm }
}

/** The person or organization in the role, which is known by both and by what the role is. */
function practitionerRole(
  { role, during, person, firm }: Played,
  rol: Segment,
  reading: Reading,
  mention: Mention,
): Reference {
  const at = fieldsOf(rol)
  const number = entityAt(rol, 1)
  const [coding] = role?.coding ?? []
  const code = coding === undefined ? role?.text : `${coding.system}|${coding.code}`
  const key = [person, firm].map((one) => one?.reference ?? one?.display ?? "")
  const place: Reference[] = each(rol, at.place, (pl) => location(pl, reading, mention))
  const played: PractitionerRole = {
    resourceType: "PractitionerRole",
    identifier: [
      own(reading, "PractitionerRole", ...key, code ?? ""),
      ...(number ? [entityIdentifier(number, undefined, `role-${reading.sender}`, reading)] : []),
    ],
    period: during,
    practitioner: person,
    organization: firm,
    code: role && [role],
    specialty:
      rol.name === "PRT"
        ? each(rol, 6, (cwe) => concept(cwe, "PRT-6", reading))
        : each(rol, 9, (cwe) => concept(cwe, "ROL-9", reading)),
    location: place,
    telecom: each(rol, at.phone, (xtn) => officeNumber(xtn, `${rol.name}-${at.phone}`, reading)),
  }
  return { ...mention(played), display: person?.display ?? firm?.display }
}

/** Whether more is said than who, in which role and when. */
function hasMore(rol: Segment): boolean {
  const { organization, phone, place } = fieldsOf(rol)
  return [organization, phone, place, rol.name === "PRT" ? 6 : 9].some(
    (field) => rol.repetitions(field).length > 0,
  )
}

/** The address of the person (ROL-11): it is theirs, and not the role's. */
function addressed(one: Identified, rol: Segment, reading: Reading): Identified {
  if (one.resourceType !== "Practitioner") return one
  const field = fieldsOf(rol).address
  const made: Practitioner = {
    ...one,
    address: each(rol, field, (xad) => address(xad, `${rol.name}-${field}`, reading)),
  }
  return made
}

/** ROL-2 and PRT-2 (tables 0287 and 0206): who is taken out of the role. */
function isDeleted(rol: Segment): boolean {
  return ["D", "DE"].includes(rol.text(2) ?? "")
}

/** PRT has taken the place of ROL since 2.7, and has its parts elsewhere. */
function fieldsOf({ name }: Segment) {
  return name === "PRT"
    ? { role: 4, person: 5, organization: 8, place: 9, start: 11, end: 12, address: 14, phone: 15 }
    : { role: 3, person: 4, start: 5, end: 6, address: 11, phone: 12, place: 13, organization: 14 }
}
