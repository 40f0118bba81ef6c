import type { Segment } from "../../hl7/message.ts"
import type { Mention, Reading } from "../reading.ts"
import { participantsOf } from "../segment/prt.ts"
import type { PharmacyOrder } from "./order.ts"

/** Who prescribed by the PRT under an order and its drug (2.8, 4.13), where no field says so. */
export function prescribersOf(order: PharmacyOrder, reading: Reading, mention: Mention) {
  return participantsOf({ participants: underOrder(order) }, "requester", reading, mention)
}

/** Notes the PRT of an order that say something else of it, for which R4 has no element. */
export function noteOtherParticipants(order: PharmacyOrder, reading: Reading): void {
  if (underOrder(order).some((prt) => prt.text(4) !== "OP")) {
    reading.note("PRT: FHIR has no place for its role under an order, or it names nobody")
  }
}

function underOrder({ participants, requested, encoded }: PharmacyOrder): Segment[] {
  return [participants, requested?.participants ?? [], encoded?.participants ?? []].flat()
}
