import type { HumanName } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Part, partOf } from "../part.ts"
import type { Reading } from "../reading.ts"
import { personNumber, providerName } from "../type/xcn.ts"
import { personName } from "../type/xpn.ts"
import { isDeleted } from "./rol.ts"
import { isSelf } from "./role-code.ts"
import { rolFields } from "./role-contact.ts"

/** The part that the patient's roles in their own care make. */
const selfPart = "ROL SEL"

/**
 * Who is in a role as oneself (table 0063, SEL) is the patient: the number and the name they have
 * in it are the patient's, as the guide has it, beside those of the PID that say the same.
 */
export function selfParts(roles: readonly Segment[], pid: Segment, reading: Reading): Part[] {
  const own = roles.filter((rol) => isSelf(rol, reading))
  if (own.length === 0) return []
  const standing = own.filter((rol) => !isDeleted(rol))
  const persons = standing.flatMap((rol) => [...rol.repetitions(rolFields(rol).person)])
  const numbers = new Set(each(pid, 3, (cx) => cx.text(1)))
  const names = each(pid, 5, (xpn) => personName(xpn, "PID-5", reading))
  const part = partOf(selfPart, reading, () => ({
    identifier: persons
      .filter((xcn) => !numbers.has(xcn.text(1) ?? ""))
      .map((xcn) => personNumber(xcn, reading)),
    name: persons
      .map((xcn) => providerName(xcn, reading))
      .filter((name) => name && !names.some((other) => isSame(name, other))),
  }))
  return [part ?? { part: selfPart, makes: null, mentions: [] }]
}

function isSame(one: HumanName, other: HumanName): boolean {
  return one.family === other.family && one.given?.join(" ") === other.given?.join(" ")
}
