import type { Quantity } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import type { Reading } from "../reading.ts"
import { numberOf } from "./cwe.ts"
import { decimal, quantityOf, unitOf } from "./quantity.ts"

/** Two fields that are one quantity: a number, and its unit. */
export interface Measured {
  value: number
  unit: CodedField
}

/** The quantity that two fields make; undefined without a number, which is noted if it is none. */
export function measured(
  segment: Segment,
  { value, unit }: Measured,
  reading: Reading,
): Quantity | undefined {
  const number = decimal(segment.text(value))
  if (number === undefined) {
    if (segment.text(value) !== undefined) {
      reading.note(`${segment.name}-${value}: it is no number; it is left out`)
    }
    return undefined
  }
  const [named] = segment.repetitions(numberOf(unit))
  return quantityOf(number, unitOf(named, reading, unit))
}
