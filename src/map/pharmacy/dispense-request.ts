import type { MedicationRequestDispenseRequest } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import type { PrescriptionFields } from "../segment/rxo.ts"
import { duration } from "../type/bounds.ts"
import { codingSystem } from "../type/coding.ts"
import { measured } from "../type/measured.ts"
import { decimal } from "../type/quantity.ts"

/** How much is to be dispensed, how often again, and by whom. */
export function dispenseRequest(
  segment: Segment,
  fields: PrescriptionFields,
  reading: Reading,
): MedicationRequestDispenseRequest {
  const { refills, initial, interval, pharmacy } = fields
  const repeats = segment.text(refills)
  const isCount = /^\d{1,6}$/.test(repeats ?? "")
  if (repeats !== undefined && !isCount) {
    reading.note(`${segment.name}-${refills}: it is no number of refills; it is left out`)
  }
  const days = interval === undefined ? undefined : decimal(segment.text(interval))
  const first =
    initial && measured(segment, { value: initial, unit: fields.dispensed.unit }, reading)
  const [performer] = segment.repetitions(pharmacy)
  const value = performer?.text(1)
  const local = "pharmacy"
  const system = performer && codingSystem(performer.text(3), performer.text(14), local, reading)
  return {
    initialFill: first ? { quantity: first } : undefined,
    dispenseInterval: days === undefined ? undefined : duration({ value: days, unit: "d" }),
    numberOfRepeatsAllowed: isCount ? Number(repeats) : undefined,
    quantity: measured(segment, fields.dispensed, reading),
    performer: performer && {
      type: "Organization",
      identifier: value ? { system, value } : undefined,
      display: performer.component(2),
    },
  }
}
