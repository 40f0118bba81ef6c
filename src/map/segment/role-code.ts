import type { CodeableConcept } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { contactRole } from "../vocabulary/contact-role.ts"
import { participation } from "../vocabulary/participation.ts"
import { providerRole } from "../vocabulary/provider-role.ts"
import { relationship } from "../vocabulary/relationship.ts"
import { targetOf } from "../vocabulary/target.ts"
import { rolFields } from "./role-contact.ts"

/**
 * The role by its own table, or by those of a patient's people where the sender names one of them.
 * Without a name only kin are taken for that: the codes for others (OTH, UNK, MGR, C) are what
 * a clinic may call its own staff by.
 */
export function roleIn(rol: Segment, reading: Reading): CodeableConcept | undefined {
  const isPrt = rol.name === "PRT"
  return each(rol, rolFields(rol).role, (cwe) => {
    const [code, system] = [cwe.text(1), cwe.text(3)]
    const own = isPrt ? targetOf(participation, code) : targetOf(providerRole, code)
    const related = targetOf(relationship, code)
    const isNamed = /^HL7(0063|0131)$/i.test(system ?? "")
    const isKin = system === undefined && own === undefined && related?.system === roleCodes
    const kin = isNamed ? (related ?? targetOf(contactRole, code)) : isKin ? related : undefined
    return translated(cwe, kin ?? own, isPrt ? "PRT-4" : "ROL-3", reading)
  })[0]
}

/**
 * Whether a role is one of the patient's own people: how they are related (table 0063, which the
 * guide reads as v3-RoleCode) or what they are to be asked for (table 0131). The roles of tables
 * 0443 and 0912 are of those who treat; the guide takes all of them but PP for relatives, which
 * would make the attending physician one.
 */
export function isRelative(role: CodeableConcept | undefined): boolean {
  return role?.coding?.some(({ system }) => relations.has(system ?? "")) === true
}

const roleCodes = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"

const relations: ReadonlySet<string> = new Set([
  roleCodes,
  "http://terminology.hl7.org/CodeSystem/v2-0063",
  "http://terminology.hl7.org/CodeSystem/v2-0131",
])

/** Whether a role is the patient's own, who looks after themself. */
export function isSelf(rol: Segment, reading: Reading): boolean {
  const role = roleIn(rol, reading)
  return isRelative(role) && role?.coding?.some(({ code }) => code === "ONESELF") === true
}
