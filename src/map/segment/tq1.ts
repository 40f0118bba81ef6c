import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { bounds, spanOf } from "../type/bounds.ts"
import { compositeQuantity } from "../type/cq.ts"
import { decimal } from "../type/quantity.ts"
import {
  addTimesOfDay,
  countOf,
  noPattern,
  type Pattern,
  repeatPattern,
  timeUnit,
  wholeMinutes,
} from "../type/timing.ts"
import type { Times } from "../type/tq.ts"

/**
 * The times that TQ1 segments tell (2.5.1, 4.5.4). Each repetition of TQ1-3 is a pattern of its
 * own, and all of them hold: "before breakfast" and "before dinner".
 */
export function timesOfTq1(segments: readonly Segment[], reading: Reading): Times[] {
  let follows = false
  return segments.flatMap((tq1) => {
    const repetitions = tq1.repetitions(3)
    const patterns = repetitions.length > 0 ? repetitions : [undefined]
    const times = patterns.map((rpt, at) => timesOf(tq1, rpt, follows && at === 0, reading))
    follows = tq1.text(12) === "S"
    return times
  })
}

function timesOf(
  tq1: Segment,
  rpt: Repetition | undefined,
  follows: boolean,
  reading: Reading,
): Times {
  const pattern = rpt ? repeatPattern(rpt, reading) : { ...noPattern, repeat: {} }
  const { repeat } = pattern
  addTimesOfDay(
    repeat,
    tq1.repetitions(4).map((time) => time.text(1) ?? ""),
    "TQ1-4",
    reading,
  )
  addInterval(tq1, pattern, reading)
  const length = spanOf(decimal(tq1.text(6)), unitOf(tq1, 6))
  if (length === undefined && tq1.text(6)) {
    reading.note("TQ1-6: it is no span of time; it is left out")
  }
  const limits = { start: tq1.text(7), end: tq1.text(8), length }
  Object.assign(repeat, bounds(limits, "TQ1-8", reading))
  const each = spanOf(decimal(tq1.text(13)), unitOf(tq1, 13))
  if (each !== undefined) Object.assign(repeat, { duration: each.value, durationUnit: each.unit })
  else if (tq1.text(13)) reading.note("TQ1-13: it is no span of time; it is left out")
  // The guide has countMax, which tim-8 allows beside a count only; and it is no maximum.
  const count = countOf(tq1.text(14))
  if (count !== undefined) repeat.count = count
  else if (tq1.text(14)) reading.note("TQ1-14: it is no number of times; it is left out")
  const [quantity] = tq1.repetitions(2)
  return {
    dose: quantity && compositeQuantity(quantity, undefined, reading),
    pattern,
    condition: wholeOf(tq1, 10),
    text: wholeOf(tq1, 11),
    priority: tq1.text(9),
    follows,
  }
}

/**
 * TQ1-5 is the interval between two occurrences. Beside an event of the day it can only be how far
 * from it, as the guide has it.
 */
function addInterval(tq1: Segment, { repeat }: Pattern, reading: Reading): void {
  const given = spanOf(decimal(tq1.text(5)), unitOf(tq1, 5))
  if (given === undefined) {
    if (tq1.text(5)) reading.note("TQ1-5: it is no span of time; it is left out")
    return
  }
  const { value, unit } = given
  if (repeat.when !== undefined) {
    const offset = wholeMinutes(value, unit)
    if (offset !== undefined) repeat.offset ??= offset
  } else if (repeat.period === undefined && value > 0) {
    Object.assign(repeat, { frequency: 1, period: value, periodUnit: unit })
  } else reading.note("TQ1-5: TQ1-3 says how often; it is left out")
}

/** The unit of a CQ in its second component, by its code or else by its name. */
function unitOf(tq1: Segment, field: number): string | undefined {
  const code = tq1.text(field, 2)
  return timeUnit(code) === undefined ? (tq1.text(field, 2, 2) ?? code) : code
}

/** A TX, in which `^` and `&` are text. */
function wholeOf(tq1: Segment, field: number): string | undefined {
  const text = tq1.repetitions(field).map((line) => line.whole().trim())
  return text.join("\n") || undefined
}
