import type { CodeableConcept, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { firstConcept } from "../type/cwe.ts"
import { practitioner } from "../type/xcn.ts"
import { isDeleted, practitionerRole, roleOf } from "./rol.ts"
import { rolFields } from "./role-contact.ts"

/** The roles of a PRT under an order (table 0443, 0912) that FHIR has an element for. */
const roles = {
  collector: ["SC", "SPC"],
  interpreter: ["PRI"],
  performer: ["ARI", "TN", "TR", "PO", "POMD"],
  requester: ["OP"],
} as const

/** The persons of a role among the PRT under an order (2.8, 7.3.4). */
export function personsOf(
  { participants }: Pick<Order, "participants">,
  role: keyof typeof roles,
): Repetition[] {
  const codes: readonly string[] = roles[role]
  return participants
    .filter((prt) => codes.includes(prt.text(4) ?? ""))
    .flatMap((prt) => [...prt.repetitions(5)])
}

/** Who takes part in a role, organizations that are named alone among them. */
export function participantsOf(
  { participants }: Pick<Order, "participants">,
  role: keyof typeof roles,
  reading: Reading,
  mention: Mention,
): Reference[] {
  if (participants.length === 0) return []
  const codes: readonly string[] = roles[role]
  return participants
    .filter((prt) => codes.includes(prt.text(4) ?? ""))
    .flatMap((prt) => takingPart(prt, reading, mention))
}

/** The same, of those of whom a PRT tells more than who they are. */
export function rolesOf(
  { participants }: Pick<Order, "participants">,
  role: keyof typeof roles,
  reading: Reading,
  mention: Mention,
): Reference[] {
  return participantsOf({ participants: participants.filter(tellsMore) }, role, reading, mention)
}

/**
 * Who takes part in what is ordered, observed, done or given by a PRT or ROL: the person, in their
 * role where it tells for whom, as what or how to reach them; else the organization.
 */
export function takingPart(rol: Segment, reading: Reading, mention: Mention): Reference[] {
  if (isDeleted(rol)) return []
  const { person } = rolFields(rol)
  const persons = () => each(rol, person, (xcn) => practitioner(xcn, reading, mention))
  if (!tellsMore(rol)) return persons()
  const played = roleOf(rol, undefined, true, reading, mention)
  if (played?.person === undefined) return played?.firm ? [played.firm] : []
  const [, ...others] = persons()
  return [practitionerRole(played, rol, reading, mention), ...others]
}

/** The same, each with what they do. */
export function actorsOf(
  participants: readonly Segment[],
  reading: Reading,
  mention: Mention,
): { function: CodeableConcept | undefined; actor: Reference }[] {
  return participants.flatMap((rol) => {
    const does = firstConcept(rol, rol.name === "PRT" ? "PRT-4" : "ROL-3", reading)
    return takingPart(rol, reading, mention).map((actor) => ({ function: does, actor }))
  })
}

/** Whether it tells for whom somebody takes part, as what, or how to reach them. */
function tellsMore(rol: Segment): boolean {
  const { organization, phone, type } = rolFields(rol)
  const further = [organization, phone, type, ...(rol.name === "PRT" ? [24] : [])]
  return further.some((field) => rol.repetitions(field).length > 0)
}

/** Says where a participation under an order was left out. */
export function noteOthers({ participants }: Order, reading: Reading): void {
  const known: readonly string[] = Object.values(roles).flat()
  for (const prt of participants) {
    const isKnown = known.includes(prt.text(4) ?? "")
    if (!isKnown || (prt.repetitions(5).length === 0 && prt.repetitions(8).length === 0)) {
      reading.note("PRT: FHIR has no place for its role under an order, or it names nobody")
    }
  }
}
