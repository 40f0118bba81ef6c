import type { Encounter, Reference, ServiceRequest } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { joinParts } from "../known.ts"
import type { About } from "../mentioned.ts"
import { type Part, partOf, partsOf } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { annotations } from "../segment/nte.ts"
import { obrFields } from "../segment/obr-order.ts"
import { codeOf, dated, orcFields, orcParts, orderNumbers } from "../segment/orc.ts"
import { absentCode } from "../type/absent.ts"
import { entityKey } from "../type/ei.ts"
import { timing } from "./timing.ts"

/**
 * What an order is known by: the patient and the placer's number, whoever sends it, so that the
 * order, what is answered to it and its results meet; else the filler's number.
 */
export function requestIdentity(
  order: Order,
  subject: Reference,
  reading: Reading,
  ...more: string[]
): OwnIdentifier {
  const numbers = orderNumbers(order)
  const key = numbers.placer
    ? ["placer", entityKey(numbers.placer)]
    : numbers.filler
      ? ["filler", ...dated(entityKey(numbers.filler), order, reading)]
      : ["message", reading.digest, codeOf(order)]
  return own(reading, "ServiceRequest", subject.reference ?? "", ...key, ...more)
}

/** What the segments of an order say of it, field by field. */
export function requestParts(order: Order, reading: Reading): Part[] {
  const { orc, obr } = order
  const of = (segment: Segment | undefined, fields: typeof orcFields) =>
    segment ? partsOf(segment, fields, reading) : []
  const parts = [...orcParts(order, reading), partOf("TQ1", reading, () => timing(order, reading))]
  const made = parts.filter((part) => part !== undefined)
  return [...made, ...of(orc, orcFields), ...of(obr, obrFields)]
}

/** The notes under an order; those under a result are its report's. */
export function notesPart({ notes }: Order, reading: Reading): Part | undefined {
  return partOf("NTE", reading, (mention) => ({ note: annotations(notes, reading, mention) }))
}

/** The ServiceRequest of these elements. */
export function serviceRequestOf(
  identity: OwnIdentifier,
  { subject, encounter }: About,
  elements: Partial<ServiceRequest>,
): ServiceRequest {
  const { identifier = [], encounter: visit, ...settled } = elements
  // A choice: how often says more than when.
  if (settled.occurrenceTiming !== undefined) delete settled.occurrenceDateTime
  return {
    resourceType: "ServiceRequest",
    identifier: [identity, ...identifier],
    requisition: settled.requisition,
    status: "unknown",
    intent: "order",
    priority: settled.priority,
    code: absentCode,
    subject,
    encounter: encounter ?? visit,
    ...settled,
  }
}

/**
 * The order a result answers, where the message says more of it than the filler's own number: an
 * ORC, the placer's number or who ordered. A result only mentions it, so it is to be created where
 * it is absent: the placer's own message knows more.
 */
export function mentionRequest(
  order: Order,
  about: About,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const { orc, obr } = order
  const tells = (orc?.populated().length ?? 0) > 0 || (obr?.repetitions(16).length ?? 0) > 0
  if (!tells && orderNumbers(order).placer === undefined) return undefined
  const { elements, mentions } = joinParts(requestParts(order, reading))
  for (const each of mentions) mention(each)
  return mention(serviceRequestOf(requestIdentity(order, about.subject, reading), about, elements))
}

/** The elements a part can make, so that one it deletes is not filled from elsewhere. */
export const requestElements = new Map<string, readonly string[]>([
  ["ORC", ["extension"]],
  ["ORC-1", ["status", "_status"]],
  ["ORC-2", ["identifier"]],
  ["ORC-3", ["identifier"]],
  ["ORC-4", ["requisition", "identifier"]],
  ["ORC-8", ["basedOn"]],
  ["ORC-12", ["requester"]],
  ["RO", ["replaces"]],
  [
    "TQ1",
    [
      ...["occurrenceTiming", "occurrenceDateTime", "quantityQuantity", "priority", "note"],
      ...["asNeededBoolean", "asNeededCodeableConcept"],
    ],
  ],
  ["NTE", ["note"]],
  ["DG1", ["reasonReference"]],
  ["OBX", ["supportingInfo"]],
  ["PRIOR", ["supportingInfo"]],
  ["SPM", ["specimen"]],
  ["PV1-19", ["encounter"]],
  ...orcFields.map(({ field, elements }) => [`ORC-${field}`, elements] as const),
  ...obrFields.map(({ field, elements }) => [`OBR-${field}`, elements] as const),
])

/** The visit an order belongs to, which is to outlast messages that do not name it again. */
export function visitPart(
  visit: { resource: Encounter; mentions: Identified[] } | undefined,
  reading: Reading,
): Part | undefined {
  return partOf("PV1-19", reading, (mention) => {
    for (const each of visit?.mentions ?? []) mention(each)
    return visit && { encounter: mention(visit.resource) }
  })
}
