import type { MedicationDispense, MedicationDispenseSubstitution } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { annotations } from "../segment/nte.ts"
import { metaOf } from "../segment/orc-pharmacy.ts"
import { actorsOf } from "../segment/prt.ts"
import { rxe } from "../segment/rxe.ts"
import { duration } from "../type/bounds.ts"
import { compositeQuantity } from "../type/cq.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { measured } from "../type/measured.ts"
import { location } from "../type/pl.ts"
import { practitioner } from "../type/xcn.ts"
import { type DoseFields, dosages } from "./dosage.ts"
import { given, type Prescribed, remarks } from "./given.ts"
import { type OrderKey, prescriptionNumber } from "./key.ts"
import type { DrugFields } from "./medication.ts"
import type { PharmacyOrder, Prepared } from "./order.ts"
import { timesOf } from "./prescription.ts"

const rxdDrug: DrugFields = {
  code: "RXD-2",
  supplementary: "RXD-25",
  form: "RXD-6",
  strength: { value: 16, unit: "RXD-17" },
  volume: { value: 28, unit: "RXD-29" },
  lot: { number: 18, expiry: 19, manufacturer: "RXD-20" },
}

const rxd = { drug: rxdDrug, unplaced: [8, 14, 21, 22, 23, 24, 26, 27, 30, 31, 32, 34, 35] }

/**
 * What tells one dispense of an order from another: RXD-1 counts them, and RXD-3 has the day, as
 * many a pharmacy counts 1 for ever.
 */
export function dispenseKey({ segment }: Prepared, { key }: OrderKey, reading: Reading): string[] {
  return [...key, reading.sender, segment.text(1) ?? "", (segment.text(3) ?? "").slice(0, 8)]
}

/** What the pharmacy gave out (RXD; 2.5.1, 4.14.5). */
export function medicationDispense(
  dispensed: Prepared,
  order: PharmacyOrder,
  key: readonly string[],
  prescribed: Prescribed,
  reading: Reading,
  mention: Mention,
): MedicationDispense {
  const { segment } = dispensed
  const { request, known } = prescribed
  const destination = segment.repetitions(13)[0]
  return {
    resourceType: "MedicationDispense",
    meta: metaOf(order.orc, reading),
    identifier: [
      own(reading, "MedicationDispense", ...key),
      ...(known.prescription ? [prescriptionNumber(known.prescription, reading)] : []),
    ],
    status: statusOf(order.orc, reading),
    statusReasonCodeableConcept: order.orc && firstConcept(order.orc, "ORC-16", reading),
    ...given(dispensed, rxd, prescribed, reading, mention),
    performer: [
      ...each(segment, 10, (xcn) => {
        const actor = practitioner(xcn, reading, mention)
        return actor && { actor }
      }),
      ...actorsOf(dispensed.participants, reading, mention),
    ],
    authorizingPrescription: request && [request],
    type: firstConcept(segment, "RXD-33", reading),
    quantity: measured(segment, { value: 4, unit: "RXD-5" }, reading),
    whenHandedOver: dateTime(segment.text(3), "RXD-3", reading),
    destination: destination && location(destination, reading, mention),
    note: notesOf(dispensed, reading, mention),
    dosageInstruction: dosagesOf(dispensed, order, reading),
    substitution: substitutionOf(segment, reading),
  }
}

/** An RXD tells of what is done; only its order's end before that, or an error, undoes it. */
function statusOf(orc: Segment | undefined, reading: Reading): MedicationDispense["status"] {
  const [control, status] = [orc?.text(1), orc?.text(5)]
  if (control === "DE" || status === "ER") return "entered-in-error"
  if (status === "CA" || ["CA", "CR", "OC", "UA", "UF", "DF"].includes(control ?? "")) {
    reading.note("ORC: the order is cancelled, and so is what RXD tells of")
    return "cancelled"
  }
  return status === "HD" || control === "OH" || control === "HR" ? "on-hold" : "completed"
}

/** How it is to be taken: by the encoded order, and by the route and total of the RXD itself. */
function dosagesOf(dispensed: Prepared, order: PharmacyOrder, reading: Reading) {
  const { encoded } = order
  const routes = dispensed.routes.length > 0 ? dispensed.routes : (encoded?.routes ?? [])
  const times = dispensed.times.length > 0 ? dispensed.times : undefined
  const [total] = dispensed.segment.repetitions(12)
  const daily = total && compositeQuantity(total, undefined, reading)
  const from: Prepared = times ? dispensed : (encoded ?? dispensed)
  const given = { times: timesOf(order, from, reading), routes }
  const made = encoded
    ? dosages(encoded.segment, rxe.dose, given, reading)
    : dosages(dispensed.segment, noDose, given, reading)
  if (daily === undefined) return made
  const denominator = duration({ value: 1, unit: "d" })
  return made.map((dosage) => ({ ...dosage, maxDosePerPeriod: { numerator: daily, denominator } }))
}

/** An RXD says how much was given out, not how much is to be taken. */
const noDose: DoseFields = {
  minimum: undefined,
  maximum: undefined,
  per: undefined,
  rate: undefined,
  daily: undefined,
  instructions: undefined,
}

function notesOf({ segment, notes }: Prepared, reading: Reading, mention: Mention) {
  const lines = each(segment, 9, (line) => ({ text: line.whole().trim() }))
  const told = remarks(segment, "RXD-15", reading)
  return [...lines, ...told, ...annotations(notes, reading, mention)]
}

/**
 * RXD-11 (table 0167). G and T are a substitute; N and the reasons 1 to 4, 7 and 8 for giving the
 * brand that was asked for are none. 0, 5 and 6 do not say which it was.
 */
function substitutionOf(
  segment: Segment,
  reading: Reading,
): MedicationDispenseSubstitution | undefined {
  const code = segment.text(11)
  if (code === undefined) return undefined
  const reason = [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0167", code }] }]
  switch (code) {
    case "G":
      return { wasSubstituted: true, type: { coding: [{ system: substance, code: "G" }] } }
    case "T":
      return { wasSubstituted: true, type: { coding: [{ system: substance, code: "TE" }] } }
    case "N":
      return { wasSubstituted: false, type: { coding: [{ system: substance, code: "N" }] } }
    case "1":
    case "2":
    case "3":
    case "4":
    case "7":
    case "8":
      return { wasSubstituted: false, reason }
    default:
      reading.note("RXD-11: it does not say whether a substitute was given; it is left out")
      return undefined
  }
}

const substance = "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution"
