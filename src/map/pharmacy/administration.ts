import type {
  Element,
  MedicationAdministration,
  MedicationAdministrationDosage,
  MedicationAdministrationPerformer,
  Quantity,
} from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { annotations } from "../segment/nte.ts"
import { numberIdentifiers } from "../segment/orc.ts"
import { businessEvent } from "../segment/orc-event.ts"
import { metaOf } from "../segment/orc-pharmacy.ts"
import { actorsOf } from "../segment/prt.ts"
import { codeKey, concept, firstConcept } from "../type/cwe.ts"
import { dateTime, period } from "../type/dtm.ts"
import { type Status, statusOf } from "../type/status.ts"
import { practitioner } from "../type/xcn.ts"
import { administrationStatus } from "../vocabulary/decided-pharmacy.ts"
import { type DoseFields, doseOf } from "./dosage.ts"
import { given, type Prescribed, remarks } from "./given.ts"
import type { OrderKey } from "./key.ts"
import type { DrugFields } from "./medication.ts"
import type { PharmacyOrder, Prepared } from "./order.ts"
import { routed } from "./routed.ts"

const rxaDrug: DrugFields = {
  code: "RXA-5",
  supplementary: undefined,
  form: "RXA-8",
  strength: { value: 13, unit: "RXA-14" },
  volume: { value: 23, unit: "RXA-24" },
  lot: { number: 15, expiry: 16, manufacturer: "RXA-17" },
}

const rxaDose: DoseFields = {
  minimum: { value: 6, unit: "RXA-7" },
  maximum: undefined,
  per: 12,
  rate: undefined,
  daily: undefined,
  instructions: undefined,
}

const rxa = { drug: rxaDrug, unplaced: [11, 22, 25, 26, 27, 28, 29] }

/**
 * What tells one administration of an order from another: RXA-2 counts them, and RXA-3 and RXA-5
 * say when and of what, as many a sender counts 1 for ever. Without a number of the order and a
 * time it is known by its message alone.
 */
export function administrationKey(
  { segment }: Prepared,
  { key }: OrderKey,
  reading: Reading,
): string[] {
  const code = firstConcept(segment, "RXA-5", reading)
  const drug = code === undefined ? "" : codeKey(segment, "RXA-5", code, reading)
  return [...key, segment.text(2) ?? "", segment.text(3) ?? "", drug]
}

/** A drug that was given, or was not (RXA; 2.5.1, 4.14.7). */
export function medicationAdministration(
  prepared: Prepared,
  order: PharmacyOrder,
  key: readonly string[],
  prescribed: Prescribed,
  reading: Reading,
  mention: Mention,
): MedicationAdministration {
  const { segment, notes } = prepared
  return {
    resourceType: "MedicationAdministration",
    meta: metaOf(order.orc, reading),
    extension: businessEvent(order.orc, reading),
    identifier: [
      own(reading, "MedicationAdministration", ...key),
      ...numberIdentifiers(prescribed.known, reading),
    ],
    ...statusOfGiven(segment, reading),
    statusReason: each(segment, 18, (cwe) => concept(cwe, "RXA-18", reading)),
    ...given(prepared, rxa, prescribed, reading, mention),
    ...effective(segment, reading),
    performer: performers(prepared, order, reading, mention),
    reasonCode: each(segment, 19, (cwe) => concept(cwe, "RXA-19", reading)),
    request: prescribed.request,
    note: [...remarks(segment, "RXA-9", reading), ...annotations(notes, reading, mention)],
    dosage: dosageOf(prepared, reading),
  }
}

/** RXA-21 D deletes what was told; else RXA-20, where nothing means that it was given. */
function statusOfGiven(
  segment: Segment,
  reading: Reading,
): Status<MedicationAdministration["status"]> {
  if (segment.text(21) === "D") return { status: "entered-in-error" }
  const code = segment.text(20)
  if (code === undefined) return { status: "completed" }
  return statusOf(
    administrationStatus,
    code,
    { field: "RXA-20", table: "0322", plain: code === "CP" ? code : "" },
    reading,
  )
}

/**
 * R4 requires a time; where there is none it says so, in a period: some validators overlook what
 * stands beside a missing primitive.
 */
function effective(
  segment: Segment,
  reading: Reading,
): Pick<MedicationAdministration, "effectiveDateTime" | "effectivePeriod"> {
  const [start, end] = [segment.text(3), segment.text(4)]
  if (end !== undefined && end !== start) {
    const effectivePeriod = period(start, end, "RXA-4", reading)
    if (effectivePeriod !== undefined) return { effectivePeriod }
  }
  const effectiveDateTime = dateTime(start, "RXA-3", reading)
  return effectiveDateTime === undefined ? { effectivePeriod: unknown } : { effectiveDateTime }
}

const unknown: Pick<Element, "extension"> = {
  extension: [
    { url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" },
  ],
}

/** Who gave it, and where no prescription of this message names them, who had ordered it. */
function performers(
  { segment, participants }: Prepared,
  { orc, requested, encoded }: PharmacyOrder,
  reading: Reading,
  mention: Mention,
): MedicationAdministrationPerformer[] {
  const as = (code: string, display: string, of: Segment, field: number) =>
    each(of, field, (xcn) => {
      const actor = practitioner(xcn, reading, mention)
      return actor && { function: { coding: [{ system: providerRole, code, display }] }, actor }
    })
  const ordering = requested || encoded ? undefined : orc
  // In R4 no organization gives a drug.
  const persons = participants.filter((prt) => prt.repetitions(5).length > 0)
  return [
    ...as("AP", "Administering Provider", segment, 10),
    ...actorsOf(persons, reading, mention),
    ...(ordering ? as("OP", "Ordering Provider", ordering, 12) : []),
  ]
}

const providerRole = "http://terminology.hl7.org/CodeSystem/v2-0443"

/**
 * How much was given, how and where. mad-1: there is a dose or a rate with it, if only one that
 * says it is not known.
 */
function dosageOf(
  prepared: Prepared,
  reading: Reading,
): MedicationAdministrationDosage | undefined {
  const { segment, routes } = prepared
  const { additionalInstruction = [], ...route } = routed(routes, reading)
  // 2.5.1, 4.14.7.6: 999 is written for an amount that nobody knows.
  const known = segment.text(6) !== "999"
  const { text, doseQuantity, rateQuantity, rateRatio } = known
    ? doseOf(segment, rxaDose, reading)
    : {}
  const instructions = additionalInstruction.map(({ text, coding }) => text ?? coding?.[0]?.display)
  const said = [text, ...instructions].filter((one) => one !== undefined).join("; ")
  const isRouted = Object.values(route).some((one) => one !== undefined)
  if (!doseQuantity && !rateQuantity && !rateRatio && !isRouted && said === "") return undefined
  const dose: Quantity = doseQuantity ?? unknown
  return { text: said, ...route, dose, rateQuantity, rateRatio }
}
