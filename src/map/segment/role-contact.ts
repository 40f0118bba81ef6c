import type { Address, ContactPoint, Identifier } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { type Entity, entityAt, entityIdentifier } from "../type/ei.ts"
import { isEmpty } from "../type/hd.ts"
import { practitionerNumber } from "../type/pln.ts"
import { address } from "../type/xad.ts"
import { contactPoint, officeNumber } from "../type/xtn.ts"

/** Where a ROL or PRT has its parts: PRT has taken the place of ROL since 2.7. */
export function rolFields({ name }: Segment) {
  return name === "PRT" ? participation : role
}

const role = {
  ...{ role: 3, person: 4, start: 5, end: 6, type: 9, unit: 10 },
  ...{ address: 11, phone: 12, place: 13, organization: 14 },
}
const participation: typeof role = {
  ...{ role: 4, person: 5, start: 11, end: 12, type: 6, unit: 7 },
  ...{ address: 14, phone: 15, place: 9, organization: 8 },
}

/** The numbers that somebody is known by in a role (PRT-24); a ROL has none. */
export function contactNumbers(rol: Segment, reading: Reading): Identifier[] {
  if (rol.name !== "PRT") return []
  return each(rol, 24, (pln) => practitionerNumber(pln, "PRT-24", reading))
}

/**
 * The number of this role among all of its sender's (ROL-1, PRT-1); undefined without one. Many
 * count the segments of the message in it, and two people who are second are not one.
 */
export function roleNumber(rol: Segment): Entity | undefined {
  const number = entityAt(rol, 1)
  return number && isEmpty(number.authority) && /^\d{1,3}$/.test(number.id) ? undefined : number
}

/** The same as identifiers. */
export function roleNumbers(rol: Segment, reading: Reading): Identifier[] {
  const number = roleNumber(rol)
  return number ? [entityIdentifier(number, undefined, `role-${reading.sender}`, reading)] : []
}

/** Whose an address in a role is. */
type Owner = "person" | "firm" | "place"

/**
 * The addresses in a role, by whose they are as their type (table 0190) tells in a ROL: of a firm,
 * of where the work is done (a Location has one), or of the person, as all are in a PRT and in a
 * role that names neither.
 */
export function addressesOf(rol: Segment, reading: Reading): Record<Owner, Address[]> {
  const at = rolFields(rol)
  const made: Record<Owner, Address[]> = { person: [], firm: [], place: [] }
  for (const xad of rol.repetitions(at.address)) {
    const one = address(xad, `${rol.name}-${at.address}`, reading)
    if (one === undefined) continue
    const type = rol.name === "ROL" ? (xad.text(7) ?? "") : ""
    const isFirms = ofFirm.has(type) && rol.repetitions(at.organization).length > 0
    const isPlaces = ofPlace.has(type) && rol.repetitions(at.place).length > 0
    made[isFirms ? "firm" : isPlaces && made.place.length === 0 ? "place" : "person"].push(one)
  }
  return made
}

const ofFirm: ReadonlySet<string> = new Set(["B", "BI", "L"])
const ofPlace: ReadonlySet<string> = new Set(["M", "O", "S", "SH", "TM"])

/**
 * How to reach who has a role, with the number they prefer (PRT-23, table 0185) marked as such.
 * `use`: "work" for a role or an organization, which has no number at home.
 */
export function telecomsOf(
  rol: Segment,
  use: "work" | undefined,
  reading: Reading,
): ContactPoint[] {
  const { phone } = rolFields(rol)
  const where = `${rol.name}-${phone}`
  const wanted = rol.name === "PRT" ? rol.text(23) : undefined
  let found = wanted === undefined
  const telecoms = each(rol, phone, (xtn) => {
    const made =
      use === "work"
        ? officeNumber(xtn, where, reading)
        : contactPoint(xtn, undefined, where, reading)
    if (made === undefined || wanted === undefined || !isOfKind(wanted, xtn, made)) return made
    found = true
    return { ...made, extension: [...(made.extension ?? []), { url: marked, valueBoolean: true }] }
  })
  if (!found) reading.note("PRT-23: PRT-15 has no number of the kind that is preferred")
  return telecoms
}

const marked = "http://hl7.org/fhir/StructureDefinition/iso21090-preferred"

/** Whether a number is a beeper, a cellular phone, an e-mail address, a fax, at home, at work. */
function isOfKind(kind: string, xtn: Repetition, { system, use }: ContactPoint): boolean {
  const isPhone = system === "phone" && use !== "mobile"
  switch (kind) {
    case "B":
      return system === "pager"
    case "C":
      return use === "mobile"
    case "E":
      return system === "email"
    case "F":
      return system === "fax"
    case "H":
      return isPhone && homes.has(xtn.text(2) ?? "")
    case "O":
      return isPhone && use === "work"
    default:
      return false
  }
}

/** XTN-2 of a number at home, which a role's has no use for. */
const homes: ReadonlySet<string> = new Set(["PRN", "ORN", "VHN"])
