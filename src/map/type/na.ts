import type { SampledData } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { decimal, quantityOf, type Unit } from "./quantity.ts"

/**
 * A numeric array (NA, 2.5.1, 2A.44) as SampledData: a row of numbers of one unit, whose zero is
 * zero. What time lies between two of them nothing says, and R4 demands it: it is said to be
 * unknown, at a 0, since servers refuse a period of an extension alone. A number that is left out
 * of the row is R4's E. Undefined where something in it is no number.
 */
export function numericArray(na: Repetition, unit: Unit): SampledData | undefined {
  const sent = Array.from({ length: na.components() }, (_, at) => na.text(at + 1))
  const last = sent.findLastIndex((text) => text !== undefined)
  const row = sent.slice(0, last + 1)
  if (row.length === 0) return undefined
  if (!row.every((text) => text === undefined || decimal(text) !== undefined)) return undefined
  return {
    origin: quantityOf(0, unit),
    period: 0,
    _period: { extension: [{ url: dataAbsentReason, valueCode: "unknown" }] },
    dimensions: 1,
    data: row.map((text) => (text === undefined ? "E" : plain(text))).join(" "),
  }
}

/** As R4 writes a decimal, with the digits that were sent. */
function plain(text: string): string {
  return text
    .replace(/^\+/, "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.$/, "")
}

const dataAbsentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
