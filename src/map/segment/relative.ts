import type { Reference, RelatedPerson } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { period } from "../type/dtm.ts"
import { designatorIn } from "../type/hd.ts"
import { address } from "../type/xad.ts"
import { personNumber, providerName } from "../type/xcn.ts"
import { isRelative, roleIn } from "./role-code.ts"
import { contactNumbers, roleNumbers, rolFields, telecomsOf } from "./role-contact.ts"

/**
 * The relative that a ROL or PRT names, who is the same person as the NK1 of that name; undefined
 * where it names nobody, or somebody who is not one.
 */
export function relative(
  rol: Segment,
  patient: Reference,
  reading: Reading,
): RelatedPerson | undefined {
  const role = roleIn(rol, reading)
  if (!isRelative(role)) return undefined
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
      ...roleNumbers(rol, reading),
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
