import type { ServiceRequest } from "fhir/r4"
import type { Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { timesOfTq1 } from "../segment/tq1.ts"
import { type Pattern, timingOf } from "../type/timing.ts"
import { type Times, timesIn } from "../type/tq.ts"
import { extendedPriority } from "../vocabulary/extended-priority.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * When an order is to be carried out, how often and how much, and how urgent it is: by its TQ1
 * (2.5.1, 4.5.4), else by the TQ of before 2.5 (4.3) in ORC-7 or OBR-27.
 */
export function timing(order: Order, reading: Reading): Partial<ServiceRequest> | undefined {
  const [times, second] = timesOf(order, reading)
  if (times === undefined) return undefined
  if (second !== undefined) reading.note("TQ1: a request has one timing; the first counts")
  const { pattern, dose, condition, priority, text } = times
  const start = startAlone(pattern)
  const reason = condition === undefined ? undefined : { text: condition }
  return {
    quantityQuantity: dose,
    priority: targetOf(extendedPriority, priority)?.code,
    occurrenceDateTime: start,
    occurrenceTiming: start === undefined ? timingOf(pattern) : undefined,
    asNeededBoolean: pattern.asNeeded && reason === undefined ? true : undefined,
    asNeededCodeableConcept: pattern.asNeeded ? reason : undefined,
    note: text === undefined ? undefined : [{ text }],
  }
}

function timesOf({ orc, obr, timings }: Order, reading: Reading): Times[] {
  if (timings.length > 0) return timesOfTq1(timings, reading)
  const common = timesIn(orc, 7, reading)
  return common.length > 0 ? common : timesIn(obr, 27, reading)
}

/** A start and nothing else is when it is to be done, and nothing that repeats. */
function startAlone({ code, repeat }: Pattern): string | undefined {
  const [only, ...more] = Object.keys(repeat)
  const { start, end } = repeat.boundsPeriod ?? {}
  const isAlone = only === "boundsPeriod" && more.length === 0 && end === undefined
  return isAlone && code === undefined ? start : undefined
}
