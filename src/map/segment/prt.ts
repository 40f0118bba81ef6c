import type { Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { practitioner } from "../type/xcn.ts"

/** The roles of a PRT under an order (table 0443, 0912) that FHIR has an element for. */
const roles = {
  collector: ["SC", "SPC"],
  interpreter: ["PRI"],
  performer: ["ARI", "TN", "TR"],
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

/** The same as references. */
export function participantsOf(
  order: Pick<Order, "participants">,
  role: keyof typeof roles,
  reading: Reading,
  mention: Mention,
): Reference[] {
  return personsOf(order, role).flatMap((xcn) => practitioner(xcn, reading, mention) ?? [])
}

/** Says where a participation under an order was left out. */
export function noteOthers({ participants }: Order, reading: Reading): void {
  const known: readonly string[] = Object.values(roles).flat()
  for (const prt of participants) {
    const isKnown = known.includes(prt.text(4) ?? "")
    if (!isKnown || prt.repetitions(5).length === 0) {
      reading.note("PRT: FHIR has no place for its role under an order, or it names nobody")
    }
  }
}
