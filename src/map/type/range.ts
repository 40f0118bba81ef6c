import type { ObservationReferenceRange } from "fhir/r4"
import { decimal, quantityOf, type Unit } from "./quantity.ts"

/**
 * OBX-7 as a reference range: its text always, and its ends where it is plainly two numbers, as
 * in `4.5-11.0`. One-sided ranges stay text: R4 has no "less than" there, only "up to".
 */
export function referenceRange(text: string, unit: Unit): ObservationReferenceRange {
  const [, first, second] = /^([+-]?[\d.]+)\s*(?:-|–|~|to)\s*([+-]?[\d.]+)$/.exec(text) ?? []
  const [low, high] = [decimal(first), decimal(second)]
  if (low === undefined || high === undefined || low > high) return { text }
  return { low: quantityOf(low, unit), high: quantityOf(high, unit), text }
}
