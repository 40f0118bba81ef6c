import type { Quantity } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { bounds, type Span } from "./bounds.ts"
import { compositeQuantity } from "./cq.ts"
import { countOf, interval, letterUnits, type Pattern } from "./timing.ts"

/** When and how often something is to be given, as a TQ1 or the older TQ tells. */
export interface Times {
  /** How much each time, where nothing else says so. */
  dose: Quantity | undefined
  pattern: Pattern
  /** Under which condition. */
  condition: string | undefined
  text: string | undefined
  priority: string | undefined
  /** It comes after the one before it, not beside it. */
  follows: boolean
}

/**
 * The times in a field of the type TQ (ORC-7 and RXE-1; 2.5.1, 4.3), which TQ1 has taken the place
 * of since 2.5. One without anything in it is none.
 */
export function timesIn(segment: Segment | undefined, field: number, reading: Reading): Times[] {
  let follows = false
  return (segment?.repetitions(field) ?? []).map((tq) => {
    const times = timesOf(tq, follows, `${segment?.name}-${field}`, reading)
    follows = tq.text(9) === "S"
    return times
  })
}

function timesOf(tq: Repetition, follows: boolean, where: string, reading: Reading): Times {
  const pattern = interval(tq, reading)
  const { count, length, unread } = lasting(tq.text(3))
  if (unread) reading.note(`${where}: its duration can't be read; it is left out`)
  const total = countOf(tq.text(12) ?? count)
  if (total !== undefined) pattern.repeat.count = total
  const limits = { start: tq.text(4), end: tq.text(5), length }
  Object.assign(pattern.repeat, bounds(limits, where, reading))
  if (tq.text(11) !== undefined) {
    reading.note(`${where}: FHIR has no place for how long one occurrence takes`)
  }
  return {
    dose: compositeQuantity(tq, 1, reading),
    pattern,
    condition: tq.component(7),
    text: tq.component(8),
    priority: tq.text(6),
    follows,
  }
}

/** TQ.3: `D7` for seven days, `X10` for ten times, and INDEF without an end. */
function lasting(text: string | undefined): { count?: string; length?: Span; unread?: boolean } {
  if (text === undefined || text.toUpperCase() === "INDEF") return {}
  const [, letter = "", number = ""] = /^([SMHDWLX])(\d{1,6})$/.exec(text.toUpperCase()) ?? []
  if (letter === "") return { unread: true }
  if (letter === "X") return { count: number }
  return {
    length: { value: Number(number), unit: letterUnits[letter as keyof typeof letterUnits] },
  }
}
