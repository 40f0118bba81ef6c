import type { CodeableConcept, Identifier, Practitioner, Reference, ServiceRequest } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each, type Field, type Part, partOf } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { firstConcept } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { dateTime } from "../type/dtm.ts"
import { type Entity, entityAt, entityIdentifier, entityIn } from "../type/ei.ts"
import { statusOf } from "../type/status.ts"
import { address, officeAddress } from "../type/xad.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { contactPoint, officeNumber } from "../type/xtn.ts"
import { confidentiality } from "../vocabulary/confidentiality.ts"
import { orderControl } from "../vocabulary/decided.ts"
import { orderStatus } from "../vocabulary/decided-orders.ts"
import { orderType } from "../vocabulary/order-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { silent } from "./orc-event.ts"
import { personsOf, rolesOf } from "./prt.ts"

/** The segments an order's numbers stand in. */
type Numbered = Pick<Order, "orc" | "obr">

/** The numbers an order goes by: OBR and ORC repeat them, and either may be left out. */
export interface OrderNumbers {
  placer: Entity | undefined
  filler: Entity | undefined
}

export function orderNumbers({ orc, obr }: Numbered): OrderNumbers {
  return {
    placer: entityAt(obr, 2) ?? entityAt(orc, 2),
    filler: entityAt(obr, 3) ?? entityAt(orc, 3),
  }
}

/** The numbers as identifiers of what was ordered or reported. */
export function numberIdentifiers({ placer, filler }: Partial<OrderNumbers>, reading: Reading) {
  const identifiers: Identifier[] = []
  if (placer) identifiers.push(entityIdentifier(placer, "PLAC", "placer", reading))
  // Fillers number on their own, so that two of them may use one number.
  const local = `filler-${reading.sender}`
  if (filler) identifiers.push(entityIdentifier(filler, "FILL", local, reading))
  return identifiers
}

/** A filler's number, with the day where its source says that its numbers start again. */
export function dated(number: string, { obr }: Numbered, { source }: Reading): string[] {
  return source.fillerRepeats ? [number, (obr?.text(7) ?? "").slice(0, 8)] : [number]
}

/** What tells apart the services of one order number: OBR-4's first code, or its text. */
export function codeOf({ obr }: Numbered): string {
  return obr?.component(4) ?? obr?.component(4, 4) ?? obr?.component(4, 2) ?? ""
}

/** What an ORC (2.5.1, 4.5.1) says of the order, field by field. */
export function orcParts(order: Order, reading: Reading): (Part | undefined)[] {
  const { orc, obr } = order
  const { placer, filler } = orderNumbers(order)
  const identifier = (numbers: Partial<OrderNumbers>) => numberIdentifiers(numbers, reading)
  const [eip] = [...(orc?.repetitions(8) ?? []), ...(obr?.repetitions(29) ?? [])]
  const parts = [
    partOf("ORC-1", reading, () => orc && statusOfOrder(orc, reading)),
    partOf("ORC-2", reading, () => placer && { identifier: identifier({ placer }) }),
    partOf("ORC-3", reading, () => filler && { identifier: identifier({ filler }) }),
    partOf("ORC-4", reading, () => orc && groups(orc, reading)),
    partOf("ORC-8", reading, () => eip && { basedOn: parentOrder(eip, reading) }),
    partOf("ORC-12", reading, (mention) => ({ requester: requester(order, reading, mention) })),
  ]
  const deleted = [4, 8, 12].filter((field) => orc?.deleted(field))
  const gone = deleted.map((field) => ({ part: `ORC-${field}`, makes: null, mentions: [] }))
  return [...parts, ...gone]
}

/** The fields of ORC that say one thing each. */
export const orcFields: readonly Field<ServiceRequest>[] = [
  {
    field: 9,
    elements: ["authoredOn"],
    // With any other control code ORC-9 is the time of that event, not of the order.
    make: (orc, reading) =>
      orc.text(1) === "NW" ? { authoredOn: dateTime(orc.text(9), "ORC-9", reading) } : undefined,
  },
  callback(14),
  {
    field: 16,
    elements: ["extension"],
    make: (orc, reading) => {
      const reason = firstConcept(orc, "ORC-16", reading)
      return reason && { extension: [{ url: statusReason, valueCodeableConcept: reason }] }
    },
  },
  {
    field: 28,
    elements: ["meta"],
    make: (orc) => ({ meta: { security: securityOf(orc) } }),
  },
  {
    field: 29,
    elements: ["locationCode"],
    make: (orc) => {
      const target = targetOf(orderType, orc.text(29))
      return target && { locationCode: [{ coding: [target] }] }
    },
  },
  alternateNumber(33),
]

/** ORC-28 as the security labels of what the order makes; the first code of 2.5.1 is the only. */
export function securityOf(orc: Segment | undefined) {
  const target = targetOf(confidentiality, orc?.text(28))
  return target ? [{ ...target }] : []
}

/** ORC-14 and OBR-17: whom to call about the order. */
export function callback(field: 14 | 17): Field<ServiceRequest> {
  return {
    field,
    elements: ["extension"],
    make: (segment, reading) => ({
      extension: each(segment, field, (xtn) => {
        const valueContactPoint = contactPoint(xtn, "work", `${segment.name}-${field}`, reading)
        return valueContactPoint && { url: callbackNumber, valueContactPoint }
      }),
    }),
  }
}

/** ORC-33 and OBR-53: other numbers of the placer. */
export function alternateNumber(field: 33 | 53): Field<ServiceRequest> {
  return {
    field,
    elements: ["identifier"],
    make: (segment, reading) => ({
      identifier: each(segment, field, (cx) => {
        const number = identifier(cx, "placer", `${segment.name}-${field}`, reading)
        return number && { ...number, type: number.type ?? typed("PLAC", "Placer Identifier") }
      }),
    }),
  }
}

/** ORC-5 says how the order stands; without it, or with no code of it, ORC-1 what was done. */
function statusOfOrder(orc: Segment, reading: Reading) {
  const status = orc.text(5)
  const control = orc.text(1)
  const tells = control !== undefined && !silent.has(control)
  if (status !== undefined && (targetOf(orderStatus, status) || !tells)) {
    const from = { field: "ORC-5", table: "0038", plain: "CM ER HD IP" }
    return statusOf(orderStatus, status, from, reading)
  }
  if (status !== undefined) reading.note("ORC-5: its code is not of table 0038")
  if (!tells) return undefined
  const from = { field: "ORC-1", table: "0119", plain: "NW OK RE SN NA" }
  return statusOf(orderControl, control, from, reading)
}

/** ORC-4: an EI, from 2.8.2 on an EIP of the placer's and the filler's, and then ORC-38 again. */
function groups(orc: Segment, reading: Reading): Partial<ServiceRequest> {
  const [group] = orc.repetitions(4)
  const isPair = group?.text(1, 2) !== undefined || group?.text(2, 2) !== undefined
  const placer = isPair ? group && entityIn(group, 1) : entityAt(orc, 4)
  const filler = (isPair ? group && entityIn(group, 2) : undefined) ?? entityAt(orc, 38)
  const local = `filler-${reading.sender}`
  const type = typed("FGN", "Filler Group Number")
  return {
    requisition: placer && entityIdentifier(placer, "PGN", "placer", reading),
    identifier: filler && [{ ...entityIdentifier(filler, undefined, local, reading), type }],
  }
}

/** The numbers of the group an order is of, as identifiers of what was reported. */
export function groupIdentifiers(orc: Segment | undefined, reading: Reading): Identifier[] {
  if (orc === undefined) return []
  const { requisition, identifier = [] } = groups(orc, reading)
  return requisition ? [requisition, ...identifier] : identifier
}

/** An EIP of the order that gave rise to this one; its resource may be in no message of ours. */
function parentOrder(eip: Repetition, reading: Reading): Reference[] {
  const numbers = { placer: entityIn(eip, 1), filler: entityIn(eip, 2) }
  const [identifier] = numberIdentifiers(numbers, reading)
  return identifier ? [{ type: "ServiceRequest", identifier }] : []
}

/** Who ordered (ORC-12, OBR-16, PRT), and for which facility (ORC-21) where the message says it. */
function requester(order: Order, reading: Reading, mention: Mention): Reference | undefined {
  const { orc, obr } = order
  const [named] = [...(orc?.repetitions(12) ?? []), ...(obr?.repetitions(16) ?? [])]
  const [told] = named ? [] : rolesOf(order, "requester", reading, mention)
  if (told !== undefined) return told
  const xcn = named ?? personsOf(order, "requester")[0]
  const at = orc ? each(orc, 24, (xad) => address(xad, "ORC-24", reading)) : []
  const person =
    xcn && practitioner(xcn, reading, (one) => mention({ ...(one as Practitioner), address: at }))
  const [xon] = orc?.repetitions(21) ?? []
  const facility =
    orc &&
    xon &&
    organization(xon, reading, (one) =>
      mention({
        ...one,
        telecom: each(orc, 23, (xtn) => officeNumber(xtn, "ORC-23", reading)),
        address: each(orc, 22, (xad) => officeAddress(xad, "ORC-22", reading)),
      } as typeof one),
    )
  if (person === undefined || facility === undefined) return person ?? facility
  const key = [person.reference ?? `name|${person.display}`, facility.reference ?? ""]
  const role = mention({
    resourceType: "PractitionerRole",
    identifier: [own(reading, "PractitionerRole", ...key)],
    practitioner: person,
    organization: facility,
  })
  return { ...role, display: person.display }
}

function typed(code: string, display: string): CodeableConcept {
  return { coding: [{ system: identifierTypes, code, display }] }
}

const identifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203"
const statusReason = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
const callbackNumber =
  "http://hl7.org/fhir/StructureDefinition/servicerequest-order-callback-phone-number"
