import type { Patient, PatientContact } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { period } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
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
  const [name] = each(nk1, 2, (xpn) => personName(xpn, "NK1-2", reading))
  const [home] = each(nk1, 4, (xad) => address(xad, "NK1-4", reading))
  const [employer] = each(nk1, 13, (xon) => organization(xon, reading, mention))
  const telecom = ([5, 6, 40] as const).flatMap((field) =>
    each(nk1, field, (xtn) =>
      contactPoint(xtn, field === 6 ? "work" : undefined, `NK1-${field}`, reading),
    ),
  )
  const reachable = name ?? home ?? employer ?? telecom[0]
  if (reachable === undefined) return undefined
  const related = each(nk1, 3, (cwe) =>
    translated(cwe, targetOf(relationship, cwe.text(1)), "NK1-3", reading),
  )
  const roles = each(nk1, 7, (cwe) =>
    translated(cwe, targetOf(contactRole, cwe.text(1)), "NK1-7", reading),
  )
  return {
    relationship: [...related, ...roles],
    name,
    telecom,
    address: home,
    gender: nk1.text(15) === undefined ? undefined : gender(nk1, 15, reading),
    organization: employer,
    period: period(nk1.text(8), nk1.text(9), "NK1-8", reading),
  }
}
