import type { CodeableConcept, MedicationRequest, Reference } from "fhir/r4"
import { type OwnIdentifier, siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { each, type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { annotations } from "../segment/nte.ts"
import { authoredOn, metaOf, settingOf, statusOfOrder } from "../segment/orc-pharmacy.ts"
import { rxe } from "../segment/rxe.ts"
import { type PrescriptionFields, rxo } from "../segment/rxo.ts"
import { timesOfTq1 } from "../segment/tq1.ts"
import { absentCode } from "../type/absent.ts"
import { concept, numberOf } from "../type/cwe.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { type Times, timesIn } from "../type/tq.ts"
import { practitioner } from "../type/xcn.ts"
import { allowSubstitution } from "../vocabulary/allow-substitution.ts"
import { extendedPriority } from "../vocabulary/extended-priority.ts"
import { targetOf } from "../vocabulary/target.ts"
import { dispenseRequest } from "./dispense-request.ts"
import { dosages } from "./dosage.ts"
import { drugGiven, remarks } from "./given.ts"
import { numberParts, type OrderKey, parentOf } from "./key.ts"
import type { PharmacyOrder, Prepared } from "./order.ts"
import { prescribersOf } from "./participants.ts"
import { noteUnplaced } from "./unplaced.ts"

/**
 * What the segments of an order say of its prescription, part by part. What the pharmacy has
 * encoded counts before what was asked for: drug and dose are never mixed out of both.
 */
export function prescriptionParts(
  order: PharmacyOrder,
  known: OrderKey,
  observed: readonly Reference[],
  reading: Reading,
): Part[] {
  const { orc, requested, encoded } = order
  const at = (field: number, make: (orc: Segment, mention: Mention) => Made): Part | undefined => {
    const part = `ORC-${field}`
    if (orc?.deleted(field)) return { part, makes: null, mentions: [] }
    return orc && partOf(part, reading, (mention) => make(orc, mention))
  }
  const of = (part: string, make: (mention: Mention) => Made) => partOf(part, reading, make)
  const group = entityAt(orc, 4)
  const parts = [
    of("ORC-1", () => statusOfOrder(orc, reading)),
    ...numberParts(known, reading),
    at(4, () => ({ groupIdentifier: group && entityIdentifier(group, "PGN", "placer", reading) })),
    at(8, () => ({ basedOn: parentOf(orc, reading) })),
    of("ORC-9", () => ({ authoredOn: authoredOn(orc, encoded?.segment, reading) })),
    at(10, (orc, mention) => ({ recorder: peopleIn(orc, 10, reading, mention)[0] })),
    orc?.deleted(12)
      ? at(12, () => ({}))
      : of("ORC-12", (mention) => ({ requester: requesterOf(order, reading, mention) })),
    at(28, (orc) => ({ meta: metaOf(orc, reading) })),
    at(29, (orc) => ({ category: settingOf(orc) })),
    of("RX", (mention) => drugOf(order, reading, mention)),
    of("RX-9", () => ({ substitution: substitutionOf(order, reading) })),
    of("RX-20", () => ({ reasonCode: reasonsOf(order, reading) })),
    of("RX-27", () => ({ category: kindOf(encoded ?? requested, encoded ? rxe : rxo) })),
    of("NTE", (mention) => ({ note: notesOf(order, reading, mention) })),
    of("OBX", () => ({ supportingInformation: [...observed] })),
  ]
  return parts.filter((part) => part !== undefined)
}

type Made = Partial<MedicationRequest> | undefined

/** The elements a part can make, so that one it deletes is not filled from elsewhere. */
export const prescriptionElements: ReadonlyMap<string, readonly string[]> = new Map([
  ["ORC-1", ["status", "_status", "statusReason"]],
  ["ORC-2", ["identifier"]],
  ["ORC-3", ["identifier"]],
  ["RXE-15", ["identifier"]],
  ["ORC-4", ["groupIdentifier"]],
  ["ORC-8", ["basedOn"]],
  ["ORC-9", ["authoredOn"]],
  ["ORC-10", ["recorder"]],
  ["ORC-12", ["requester"]],
  ["ORC-28", ["meta"]],
  ["ORC-29", ["category"]],
  ["RX-27", ["category"]],
  [
    "RX",
    [
      ...["intent", "priority", "medicationReference", "medicationCodeableConcept"],
      ...["dosageInstruction", "dispenseRequest"],
    ],
  ],
  ["RX-9", ["substitution"]],
  ["RX-20", ["reasonCode"]],
  ["NTE", ["note"]],
  ["OBX", ["supportingInformation"]],
  ["PV1-19", ["encounter"]],
])

/** The MedicationRequest of these elements. */
export function medicationRequestOf(
  identity: OwnIdentifier,
  { subject, encounter }: About,
  elements: Partial<MedicationRequest>,
): MedicationRequest {
  const { identifier = [], encounter: visit, ...settled } = elements
  return {
    resourceType: "MedicationRequest",
    identifier: [identity, ...identifier],
    status: "unknown",
    intent: "order",
    ...(namesDrug(elements) ? {} : { medicationCodeableConcept: absentCode }),
    subject,
    encounter: encounter ?? visit,
    ...settled,
  }
}

/** Whether it is known what is to be given: without that there is no prescription. */
export function namesDrug(elements: Partial<MedicationRequest>): boolean {
  return (elements.medicationReference ?? elements.medicationCodeableConcept) !== undefined
}

/** What is to be given, and how: all of it by one segment. */
function drugOf(order: PharmacyOrder, reading: Reading, mention: Mention): Made {
  const { requested, encoded } = order
  const prepared = encoded ?? requested
  if (prepared === undefined) return undefined
  const fields = encoded ? rxe : rxo
  const { segment } = prepared
  const drug = drugGiven(prepared, fields.drug, reading, mention)
  const times = timesOf(order, prepared, reading)
  noteUnplaced(segment, fields.unplaced, reading)
  return {
    // The guide calls an RXO the original order; once it is encoded, either side may have sent it.
    intent: encoded ? "order" : "original-order",
    priority: priorityOf(times),
    ...drug,
    dosageInstruction: ordered(
      dosages(segment, fields.dose, { times, routes: prepared.routes }, reading),
      encoded === undefined,
    ),
    dispenseRequest: dispenseRequest(segment, fields, reading),
  }
}

function peopleIn(segment: Segment, field: number, reading: Reading, mention: Mention) {
  return each(segment, field, (xcn) => practitioner(xcn, reading, mention))
}

/** Why it is given. */
function reasonsOf(order: PharmacyOrder, reading: Reading): CodeableConcept[] {
  return eitherOf(order, ({ segment, fields: { indication } }) =>
    each(segment, numberOf(indication), (cwe) => concept(cwe, indication, reading)),
  )
}

/** The times nearest to the drug that tell any: its own TQ1, the order's, or the older fields. */
export function timesOf(order: PharmacyOrder, prepared: Prepared, reading: Reading): Times[] {
  const tq1 = prepared.times.length > 0 ? prepared.times : order.times
  if (tq1.length > 0) return timesOfTq1(tq1, reading)
  const encoded = timesIn(order.encoded?.segment, 1, reading)
  return encoded.length > 0 ? encoded : timesIn(order.orc, 7, reading)
}

/** What the two segments say by `read`, of what is encoded before what was asked for. */
function eitherOf<T>(
  { requested, encoded }: PharmacyOrder,
  read: (given: { segment: Segment; fields: PrescriptionFields }) => T[],
): T[] {
  const said = encoded ? read({ segment: encoded.segment, fields: rxe }) : []
  return said.length > 0 || !requested ? said : read({ segment: requested.segment, fields: rxo })
}

function requesterOf(order: PharmacyOrder, reading: Reading, mention: Mention) {
  const { orc } = order
  const [ordering] = orc ? peopleIn(orc, 12, reading, mention) : []
  if (ordering !== undefined) return ordering
  const [prescriber] = eitherOf(order, ({ segment, fields }) =>
    peopleIn(segment, fields.prescriber, reading, mention),
  )
  return prescriber ?? prescribersOf(order, reading, mention)[0]
}

function priorityOf(times: readonly Times[]): MedicationRequest["priority"] {
  for (const { priority } of times) {
    const target = targetOf(extendedPriority, priority)
    if (target) return target.code
  }
  return undefined
}

/** What kind of order it is (table 0480). */
function kindOf(
  prepared: Prepared | undefined,
  { orderType }: PrescriptionFields,
): CodeableConcept[] {
  const kind = prepared?.segment.text(orderType)
  return kind ? [{ coding: [{ system: pharmacyOrderType, code: kind }] }] : []
}

const pharmacyOrderType = "http://terminology.hl7.org/CodeSystem/v2-0480"

function ordered(all: ReturnType<typeof dosages>, asOrdered: boolean) {
  if (!asOrdered) return all
  const coding = [{ system: doseRateType, code: "ordered", display: "Ordered" }]
  return all.map((dosage) => ({
    ...dosage,
    doseAndRate: dosage.doseAndRate
      ?.filter(saysDose)
      .map((dose) => ({ type: { coding }, ...dose })),
  }))
}

const doseRateType = "http://terminology.hl7.org/CodeSystem/dose-rate-type"

function saysDose(dose: object): boolean {
  return Object.values(dose).some((value) => value !== undefined)
}

/** The notes under the order, and what the prescriber tells the pharmacy. */
function notesOf(order: PharmacyOrder, reading: Reading, mention: Mention) {
  const notes = [order.notes, order.requested?.notes ?? [], order.encoded?.notes ?? []].flat()
  const told = eitherOf(order, ({ segment, fields }) => remarks(segment, fields.remarks, reading))
  return [...told, ...annotations(notes, reading, mention)]
}

/** RXO-9 is what was allowed, and RXE-9 why what is given was chosen. */
function substitutionOf(order: PharmacyOrder, reading: Reading): MedicationRequest["substitution"] {
  const codes = eitherOf(order, ({ segment, fields }) => {
    const { field, table } = fields.substitution
    const code = segment.text(field)
    if (code === undefined) return []
    if (table === "0161") {
      const target = targetOf(allowSubstitution, code)
      if (!target) reading.note("RXO-9: its code is not of table 0161; it is kept as it is")
      return [target ?? { system: siteSystem(reading.site.id, "0161"), code }]
    }
    // "No substitute was dispensed" says nothing of what would be allowed.
    if (code === "N") return []
    return [{ system: "http://terminology.hl7.org/CodeSystem/v2-0167", code }]
  })
  return codes.length > 0 ? { allowedCodeableConcept: { coding: codes } } : undefined
}
