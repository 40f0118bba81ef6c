import type { Observation, Quantity } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { stringExtension } from "./extension.ts"
import { decimal, type Unit } from "./quantity.ts"

type Value = Pick<Observation, "valueQuantity" | "valueRange" | "valueRatio" | "valueString">

/**
 * A structured numeric (2.5.1, 2A.65): `>^90` a Quantity with its comparator, `^1^:^128` a Ratio,
 * `^10^-^20` a Range, and whatever FHIR has no form for, such as `^3^+`, a string. The guide's
 * rows contradict one another; these are the readings on which nothing of the value is lost. A
 * Ratio and a Range have the text beside them: `1:128` and `1/128` are one Ratio.
 */
export function structuredNumeric(sn: Repetition, unit: Unit): Value {
  const [comparator = "", first, separator = "", second] = partsOf(sn)
  const bare = [comparator, first, separator, second].join("")
  const text = unit.unit === undefined ? bare : `${bare} ${unit.unit}`
  const [low, high] = [decimal(first), decimal(second)]
  if (low === undefined || !(comparator in comparators)) return { valueString: text }
  const quantity = { value: low, comparator: comparators[comparator], ...unit }
  if (separator === "" && second === undefined) return { valueQuantity: quantity }
  if (high === undefined) return { valueString: text }
  const extension = stringExtension("originalText", bare)
  if (separator === ":" || separator === "/") {
    return { valueRatio: { extension, numerator: quantity, denominator: { value: high, ...unit } } }
  }
  // rng-2: a range runs upwards, and its ends have no comparator.
  if (separator === "-" && low <= high && quantity.comparator === undefined) {
    const ends = { low: { value: low, ...unit }, high: { value: high, ...unit } }
    return { valueRange: { extension, ...ends } }
  }
  return { valueString: text }
}

/** SN-1 to SN-4; some senders write `<0.10` in one piece. */
function partsOf(sn: Repetition): (string | undefined)[] {
  const [, comparator, number] = /^([<>]?=?)\s*([\d.]+)$/.exec(sn.text(1) ?? "") ?? []
  if (number !== undefined && sn.text(2) === undefined) return [comparator, number]
  return [1, 2, 3, 4].map((part) => sn.text(part))
}

const comparators: Record<string, Quantity["comparator"]> = {
  "": undefined,
  "=": undefined,
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
}
