import type { CodeableConcept, Organization, PractitionerRole, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { concept } from "../type/cwe.ts"
import { date, orderedPeriod } from "../type/dtm.ts"
import { systemOf } from "../type/hd.ts"

/** Whom the roles are of. */
interface Employed {
  practitioner: Reference
  /** Whether they are active; undefined where the message does not tell. */
  active: boolean | undefined
}

/**
 * What a PRA (2.5.1, 15.4.6), and an STF above it, say of the work a practitioner does: one
 * PractitionerRole for each organization, which is the institution (PRA-9), else a group (PRA-2),
 * else a department (STF-8). None where neither an organization nor a role is told. Each is known
 * by the practitioner and the organization.
 */
export function practitionerRoles(
  { pra, stf }: { pra: Segment | undefined; stf: Segment | undefined },
  { practitioner, active }: Employed,
  reading: Reading,
  mention: Mention,
): PractitionerRole[] {
  const code = [
    ...(stf ? each(stf, 4, (cwe) => concept(cwe, "STF-4", reading)) : []),
    ...(pra ? each(pra, 3, (cwe) => concept(cwe, "PRA-3", reading)) : []),
  ]
  const specialty = pra ? each(pra, 5, (spd) => specialtyOf(spd.component(1))) : []
  const period = pra && periodOf(pra, reading)
  const organizations = organizationsOf({ pra, stf }, reading, mention)
  if (organizations.length === 0 && code.length === 0 && specialty.length === 0) return []
  const places = organizations.length > 0 ? organizations : [undefined]
  return places.map((organization) => ({
    resourceType: "PractitionerRole",
    identifier: [
      own(reading, "PractitionerRole", practitioner.reference ?? "", organization?.reference ?? ""),
    ],
    active,
    period,
    practitioner,
    organization,
    code,
    specialty,
  }))
}

function specialtyOf(text: string | undefined): CodeableConcept | undefined {
  return text === undefined ? undefined : { text }
}

/** Since when they have practised there, and until when (PRA-8, PRA-10). */
function periodOf(pra: Segment, reading: Reading) {
  const start = date(pra.text(8), "PRA-8", reading)
  const end = date(pra.text(10), "PRA-10", reading)
  if (start === undefined && end === undefined) return undefined
  return orderedPeriod({ start, end }, "PRA-10", reading)
}

function organizationsOf(
  { pra, stf }: { pra: Segment | undefined; stf: Segment | undefined },
  reading: Reading,
  mention: Mention,
): Reference[] {
  for (const [segment, field] of [
    [pra, 9],
    [pra, 2],
    [stf, 8],
  ] as const) {
    const all = segment ? each(segment, field, (cwe) => organization(cwe, reading, mention)) : []
    if (all.length > 0) return all
  }
  return []
}

/** An organization by its code and name; the same that an XON of this number is. */
function organization(cwe: Repetition, reading: Reading, mention: Mention): Reference | undefined {
  const [code, name] = [cwe.text(1), cwe.component(2)]
  const authority = { namespace: cwe.text(3) ?? "", universalId: "", universalIdType: "" }
  const number = patientKey({ id: code ?? "", ...authority }, reading.sender)
  const key = number ?? (name && `name|${name}`)
  if (!key) return undefined
  const system = systemOf(authority, reading.sender, reading)
  const resource: Organization = {
    resourceType: "Organization",
    identifier: [own(reading, "Organization", key), ...(code ? [{ system, value: code }] : [])],
    name: name ?? code,
  }
  return { ...mention(resource), display: name }
}
