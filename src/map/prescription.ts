import type { CodeableConcept, MedicationRequest, Meta, Reference } from "fhir/r4"
import { siteSystem } from "../fhir/identity.ts"
import type { Segment } from "../hl7/message.ts"
import { dispenseRequest } from "./dispense-request.ts"
import { dosages } from "./dosage.ts"
import { medication } from "./medication.ts"
import type { About } from "./mentioned.ts"
import { type OrderKey, parentOf, prescriptionIdentifiers } from "./order-key.ts"
import { each } from "./part.ts"
import type { PharmacyOrder, Prepared } from "./pharmacy-order.ts"
import type { Mention, Reading } from "./reading.ts"
import { annotations } from "./segment/nte.ts"
import { rxe } from "./segment/rxe.ts"
import { type PrescriptionFields, rxo } from "./segment/rxo.ts"
import { timesOfTq1 } from "./times.ts"
import { absentCode } from "./type/absent.ts"
import { concept, firstConcept, numberOf, translated } from "./type/cwe.ts"
import { dateTime } from "./type/dtm.ts"
import { entityAt, entityIdentifier } from "./type/ei.ts"
import { type Status, statusOf } from "./type/status.ts"
import { type Times, timesIn } from "./type/tq.ts"
import { practitioner } from "./type/xcn.ts"
import { noteUnplaced } from "./unplaced.ts"
import { allowSubstitution } from "./vocabulary/allow-substitution.ts"
import { confidentiality } from "./vocabulary/confidentiality.ts"
import { prescriptionControl, prescriptionStatus } from "./vocabulary/decided-pharmacy.ts"
import { extendedPriority } from "./vocabulary/extended-priority.ts"
import { targetOf } from "./vocabulary/target.ts"

/**
 * The prescription of an order; undefined where it has neither RXO nor RXE. What the pharmacy has
 * encoded counts before what was asked for: drug and dose are never mixed out of both.
 */
export function medicationRequest(
  order: PharmacyOrder,
  known: OrderKey,
  about: About & { supportingInformation: Reference[] },
  reading: Reading,
  mention: Mention,
): MedicationRequest | undefined {
  const { orc, requested, encoded } = order
  const prepared = encoded ?? requested
  if (prepared === undefined) return undefined
  const fields = encoded ? rxe : rxo
  const { segment } = prepared
  const drug = medication(segment, fields.drug, prepared.components, reading, mention)
  if (drug === undefined) reading.note(`${fields.drug.code}: no drug is named`)
  const times = timesOf(order, prepared, reading)
  const group = entityAt(orc, 4)
  noteUnplaced(segment, fields.unplaced, reading)
  return {
    resourceType: "MedicationRequest",
    meta: metaOf(orc, reading),
    identifier: [known.identity, ...prescriptionIdentifiers(known, reading)],
    basedOn: parentOf(orc, reading),
    groupIdentifier: group && entityIdentifier(group, "PGN", "placer", reading),
    ...statusOfOrder(orc, reading),
    statusReason: orc && firstConcept(orc, "ORC-16", reading),
    // The guide calls an RXO the original order; once it is encoded, either side may have sent it.
    intent: encoded ? "order" : "original-order",
    category: categoriesOf(orc, segment, fields),
    priority: priorityOf(times),
    ...(drug ? { medicationReference: drug } : { medicationCodeableConcept: absentCode }),
    ...about,
    authoredOn: authoredOn(orc, encoded, reading),
    requester: requesterOf(order, reading, mention),
    recorder: orc && each(orc, 10, (xcn) => practitioner(xcn, reading, mention))[0],
    reasonCode: eitherOf(order, ({ segment, fields }) => {
      const { indication } = fields
      return each(segment, numberOf(indication), (cwe) => concept(cwe, indication, reading))
    }),
    note: notesOf(order, reading, mention),
    dosageInstruction: ordered(
      dosages(segment, fields.dose, { times, routes: prepared.routes }, reading),
      encoded === undefined,
    ),
    dispenseRequest: dispenseRequest(segment, fields, reading),
    substitution: substitutionOf(order, reading),
  }
}

/** The times nearest to the drug that tell any: its own TQ1, the order's, or the older fields. */
export function timesOf(order: PharmacyOrder, prepared: Prepared, reading: Reading): Times[] {
  const tq1 = prepared.times.length > 0 ? prepared.times : order.times
  if (tq1.length > 0) return timesOfTq1(tq1, reading)
  const encoded = timesIn(order.encoded?.segment, 1, reading)
  return encoded.length > 0 ? encoded : timesIn(order.orc, 7, reading)
}

/** Who may see it (ORC-28). */
export function metaOf(orc: Segment | undefined, reading: Reading): Meta {
  const [cwe] = orc?.repetitions(28) ?? []
  const target = targetOf(confidentiality, cwe?.text(1))
  return { security: cwe && translated(cwe, target, "ORC-28", reading)?.coding }
}

/** ORC-5, else what ORC-1 does to the order. */
function statusOfOrder(
  orc: Segment | undefined,
  reading: Reading,
): Status<NonNullable<MedicationRequest["status"]>> {
  const code = orc?.text(5)
  if (code !== undefined) {
    const plain = Object.hasOwn(prescriptionStatus, code) && code !== "A" ? code : ""
    return statusOf(prescriptionStatus, code, { field: "ORC-5", table: "0038", plain }, reading)
  }
  const control = orc?.text(1)
  if (control === undefined) {
    reading.note("ORC: neither ORC-1 nor ORC-5 tells the order's status")
    return { status: "unknown" }
  }
  if (targetOf(prescriptionControl, control) === null) {
    reading.note("ORC-1: its code leaves the status to ORC-5, which is empty")
    return { status: "unknown" }
  }
  const plain = targetOf(prescriptionControl, control) ? control : ""
  const from = { field: "ORC-1", table: "0119", plain }
  return statusOf(prescriptionControl, control, from, reading)
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
  const [ordering] = orc ? each(orc, 12, (xcn) => practitioner(xcn, reading, mention)) : []
  if (ordering !== undefined) return ordering
  return eitherOf(order, ({ segment, fields }) =>
    each(segment, fields.prescriber, (xcn) => practitioner(xcn, reading, mention)),
  )[0]
}

/** With any other control code ORC-9 is the time of that event, not of the order. */
function authoredOn(orc: Segment | undefined, encoded: Prepared | undefined, reading: Reading) {
  const original = dateTime(encoded?.segment.text(32), "RXE-32", reading)
  if (original !== undefined) return original
  return orc?.text(1) === "NW" ? dateTime(orc.text(9), "ORC-9", reading) : undefined
}

function priorityOf(times: readonly Times[]): MedicationRequest["priority"] {
  for (const { priority } of times) {
    const target = targetOf(extendedPriority, priority)
    if (target) return target.code
  }
  return undefined
}

/** For inpatients or outpatients (ORC-29, table 0482), and what kind of order it is (0480). */
function categoriesOf(
  orc: Segment | undefined,
  segment: Segment,
  { orderType }: PrescriptionFields,
): CodeableConcept[] {
  const setting = { I: "inpatient", O: "outpatient" }[orc?.text(29) ?? ""]
  const kind = segment.text(orderType)
  return [
    ...(setting ? [{ coding: [{ system: requestCategory, code: setting }] }] : []),
    ...(kind ? [{ coding: [{ system: pharmacyOrderType, code: kind }] }] : []),
  ]
}

const requestCategory = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
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
  const remarks = eitherOf(order, ({ segment, fields }) =>
    each(segment, numberOf(fields.remarks), (cwe) => {
      const said = concept(cwe, fields.remarks, reading)
      const text = said?.text ?? said?.coding?.[0]?.display ?? said?.coding?.[0]?.code
      return text === undefined ? undefined : { text }
    }),
  )
  return [...remarks, ...annotations(notes, reading, mention)]
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
