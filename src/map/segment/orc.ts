import type { Reference, ServiceRequest } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result.ts"
import { absentCode } from "../type/absent.ts"
import { concept, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { type Entity, entityAt, entityIdentifier, entityKey } from "../type/ei.ts"
import { practitioner } from "../type/xcn.ts"
import { orderControl } from "../vocabulary/decided.ts"
import { extendedPriority } from "../vocabulary/extended-priority.ts"
import { orderStatus } from "../vocabulary/order-status.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The numbers an order goes by: OBR and ORC repeat them, and either may be left out. */
export interface OrderNumbers {
  placer: Entity | undefined
  filler: Entity | undefined
}

export function orderNumbers({ orc, obr }: Order): OrderNumbers {
  return {
    placer: entityAt(obr, 2) ?? entityAt(orc, 2),
    filler: entityAt(obr, 3) ?? entityAt(orc, 3),
  }
}

/** The numbers as identifiers of what was ordered or reported. */
export function numberIdentifiers({ placer, filler }: OrderNumbers, reading: Reading) {
  return [
    placer && entityIdentifier(placer, "PLAC", "placer", reading),
    // Fillers number on their own, so that two of them may use one number.
    filler && entityIdentifier(filler, "FILL", `filler-${reading.sender}`, reading),
  ].filter((identifier) => identifier !== undefined)
}

/**
 * The order a result answers (2.5.1, 4.5.1), where the message says more of it than the filler's
 * own number: an ORC, the placer's number or who ordered. An ORU only mentions it, so it is to be
 * created where it is absent: the placer's own message knows more.
 */
export function serviceRequest(
  order: Order,
  about: { subject: Reference; encounter: Reference | undefined },
  reading: Reading,
  mention: Mention,
): ServiceRequest | undefined {
  const { orc, obr } = order
  const numbers = orderNumbers(order)
  const requester = first(orc, 12, reading, mention) ?? first(obr, 16, reading, mention)
  if (orc === undefined && numbers.placer === undefined && requester === undefined) return undefined
  const key = numbers.placer
    ? ["placer", entityKey(numbers.placer)]
    : numbers.filler
      ? ["filler", ...dated(entityKey(numbers.filler), order, reading)]
      : ["message", reading.digest, codeOf(order)]
  const group = entityAt(orc, 4)
  const code = obr && firstConcept(obr, "OBR-4", reading)
  return {
    resourceType: "ServiceRequest",
    identifier: [
      own(reading, "ServiceRequest", about.subject.reference ?? "", ...key),
      ...numberIdentifiers(numbers, reading),
    ],
    requisition: group && entityIdentifier(group, "PGN", "placer", reading),
    status: statusOfOrder(orc),
    intent: obr?.text(11) === "G" ? "reflex-order" : "order",
    priority: targetOf(extendedPriority, obr?.text(5) ?? obr?.text(27, 6) ?? orc?.text(7, 6))?.code,
    code: code ?? absentCode,
    ...about,
    // With any other control code ORC-9 is the time of that event, not of the order.
    authoredOn: orc?.text(1) === "NW" ? dateTime(orc.text(9), "ORC-9", reading) : undefined,
    requester,
    reasonCode: obr && each(obr, 31, (cwe) => concept(cwe, "OBR-31", reading)),
  }
}

/** A filler's number, with the day where its source says that its numbers start again. */
export function dated(number: string, { obr }: Order, { source }: Reading): string[] {
  return source.fillerRepeats ? [number, (obr?.text(7) ?? "").slice(0, 8)] : [number]
}

/** What tells apart the services of one order number: OBR-4's first code, or its text. */
export function codeOf({ obr }: Order): string {
  return obr?.component(4) ?? obr?.component(4, 4) ?? obr?.component(4, 2) ?? ""
}

function statusOfOrder(orc: Segment | undefined): ServiceRequest["status"] {
  const status = targetOf(orderStatus, orc?.text(5)) ?? targetOf(orderControl, orc?.text(1))
  return status?.code ?? "unknown"
}

function first(segment: Segment | undefined, field: number, reading: Reading, mention: Mention) {
  const [xcn] = segment?.repetitions(field) ?? []
  return xcn && practitioner(xcn, reading, mention)
}
