import type { CodeableConcept, Reference, RelatedPerson } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { period } from "../type/dtm.ts"
import { designatorIn } from "../type/hd.ts"
import { address } from "../type/xad.ts"
import { personNumber, providerName } from "../type/xcn.ts"
import { contactNumbers, rolFields, telecomsOf } from "./role-contact.ts"

/**
 * Whether a role is one of the patient's own people: how they are related (table 0063, which the
 * guide reads as v3-RoleCode) or what they are to be asked for (table 0131). The roles of tables
 * 0443 and 0912 are of those who treat; the guide takes all of them but PP for relatives, which
 * would make the attending physician one.
 */
export function isRelative(role: CodeableConcept | undefined): boolean {
  return role?.coding?.some(({ system }) => relations.has(system ?? "")) === true
}

const relations: ReadonlySet<string> = new Set(
  ["v3-RoleCode", "v2-0063", "v2-0131"].map(
    (name) => `http://terminology.hl7.org/CodeSystem/${name}`,
  ),
)

/**
 * The relative that a ROL or PRT names, who is the same person as the NK1 of that name; undefined
 * where it names nobody.
 */
export function relative(
  rol: Segment,
  role: CodeableConcept | undefined,
  patient: Reference,
  reading: Reading,
): RelatedPerson | undefined {
  const at = rolFields(rol)
  const [xcn] = rol.repetitions(at.person)
  const [name] = each(rol, at.person, (one) => providerName(one, reading))
  const id = xcn?.text(1)
  const number = xcn && id && patientKey({ id, ...designatorIn(xcn, 9) }, reading.sender)
  const numbered = number
    ? own(reading, "RelatedPerson", patient.reference ?? "", "number", number)
    : undefined
  const identity = relatedIdentity(name, undefined, patient, reading) ?? numbered
  if (identity === undefined) return undefined
  const where = `${rol.name}-${at.start}`
  return {
    resourceType: "RelatedPerson",
    identifier: [
      identity,
      ...each(rol, at.person, (one) => personNumber(one, reading)),
      ...contactNumbers(rol, reading),
    ],
    patient,
    relationship: role && [role],
    name: name && [name],
    telecom: telecomsOf(rol, undefined, reading),
    address: each(rol, at.address, (xad) => address(xad, `${rol.name}-${at.address}`, reading)),
    period: period(rol.text(at.start), rol.text(at.end), where, reading),
  }
}
