import type { Coding, Duration, ServiceRequest, Timing, TimingRepeat } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import type { Order } from "../result.ts"
import { period } from "../type/dtm.ts"
import { decimal } from "../type/quantity.ts"
import { extendedPriority } from "../vocabulary/extended-priority.ts"
import { repeatPattern } from "../vocabulary/repeat-pattern.ts"
import { targetOf } from "../vocabulary/target.ts"

/** What a timing says, in a TQ1 (2.5.1, 4.5.4) or in the TQ of before 2.5 (4.3). */
interface Timed {
  quantity: [value: string | undefined, unit: string | undefined]
  pattern: Pattern
  /** `0800`, or several. */
  times: string[]
  duration: Duration | undefined
  start: string | undefined
  end: string | undefined
  priority: string | undefined
  instruction: string | undefined
  lasting: Duration | undefined
  count: string | undefined
}

/** A repeat pattern (table 0335), and the parts of an RPT (2A.61) that FHIR has a place for. */
interface Pattern {
  code: string | undefined
  every?: [value: string | undefined, unit: string | undefined]
  event?: string | undefined
  offset?: [value: string | undefined, unit: string | undefined]
}

/** When an order is to be carried out, how often and how much, and how urgent it is. */
export function timing(order: Order, reading: Reading): Partial<ServiceRequest> | undefined {
  const { orc, obr, timings } = order
  const old = [...(orc?.repetitions(7) ?? []), ...(obr?.repetitions(27) ?? [])]
  const [tq1] = timings
  const [tq] = old
  if (timings.length > 1) reading.note("TQ1: one order has several timings; the first counts")
  const timed = tq1 ? timedBy(tq1) : tq && timedBefore(tq)
  return timed && requested(timed, reading)
}

function timedBy(tq1: Segment): Timed {
  return {
    quantity: [tq1.text(2), tq1.text(2, 2)],
    pattern: patternIn(tq1.repetitions(3)[0]),
    times: tq1.repetitions(4).flatMap((time) => time.text() ?? []),
    duration: durationOf(tq1.text(6), tq1.text(6, 2)),
    start: tq1.text(7),
    end: tq1.text(8),
    priority: tq1.text(9),
    instruction: tq1.text(11),
    lasting: durationOf(tq1.text(13), tq1.text(13, 2)),
    count: tq1.text(14),
  }
}

/** RI (TQ-2) has its pattern and its times in subcomponents; TQ-3 is written `D7`. */
function timedBefore(tq: Repetition): Timed {
  const [, unit, value] = /^([SMHDWL])(\d+)$/i.exec(tq.text(3) ?? "") ?? []
  return {
    quantity: [tq.text(1), tq.text(1, 2)],
    pattern: { code: tq.text(2) },
    times: tq.text(2, 2)?.split(",") ?? [],
    duration: durationOf(value, unit && letters[unit.toUpperCase()]),
    start: tq.text(4),
    end: tq.text(5),
    priority: tq.text(6),
    instruction: tq.component(8),
    lasting: undefined,
    count: tq.text(12),
  }
}

function requested(timed: Timed, reading: Reading): Partial<ServiceRequest> {
  const [amount, unit] = timed.quantity
  const value = decimal(amount)
  const bounds = period(timed.start, timed.end, "TQ1-8", reading)
  if (bounds && timed.duration) {
    reading.note("TQ1-6: FHIR has no place for a duration beside a period; it is left out")
  }
  const { code: pattern, repeat: repeated, asNeeded } = repeating(timed.pattern)
  const repeat: TimingRepeat = {
    boundsPeriod: bounds,
    boundsDuration: bounds ? undefined : timed.duration,
    ...repeated,
    count: countOf(timed.count) ?? repeated.count,
    duration: timed.lasting?.value,
    durationUnit: timed.lasting?.code as TimingRepeat["durationUnit"],
    // tim-10: a time of day and an event exclude one another.
    timeOfDay: repeated.when ? [] : timed.times.flatMap((time) => timeOfDay(time) ?? []),
  }
  const onlyStart = Object.values({ ...repeat, boundsPeriod: bounds?.end }).every(isNothing)
  const isTiming = !onlyStart || pattern !== undefined
  const { code } = targetOf(extendedPriority, timed.priority) ?? {}
  return {
    quantityQuantity: value === undefined ? undefined : { value, unit },
    priority: code,
    occurrenceDateTime: isTiming ? undefined : bounds?.start,
    occurrenceTiming: isTiming ? { repeat, code: pattern } : undefined,
    asNeededBoolean: asNeeded,
    note: timed.instruction === undefined ? undefined : [{ text: timed.instruction }],
  }
}

function patternIn(rpt: Repetition | undefined): Pattern {
  return {
    code: rpt?.text(1),
    every: [rpt?.text(5), rpt?.text(6)],
    event: rpt?.text(8),
    offset: [rpt?.text(9), rpt?.text(10)],
  }
}

/** What can be said of a pattern in FHIR's own terms, and its code as it came. */
function repeating({ code, every, event, offset }: Pattern): Repeating {
  const name = code?.toUpperCase() ?? ""
  const [, number, letter = ""] = /^Q(\d+)([SMHDWL])$/.exec(name) ?? []
  const period = decimal(number) ?? decimal(every?.[0])
  const periodUnit = letters[letter] ?? unitOfTime(every?.[1])
  const when = events.find((each) => each === event)
  const target =
    targetOf(repeatPattern, code) ?? targetOf(repeatPattern, name) ?? abbreviation(name)
  return {
    repeat: {
      count: name === "ONCE" ? 1 : undefined,
      ...(period && periodUnit ? { frequency: 1, period, periodUnit } : {}),
      when: when && [when],
      offset: when && minutes(offset),
    },
    code: target ? { coding: [{ ...target }] } : code ? { text: code } : undefined,
    asNeeded: name.startsWith("PRN") ? true : undefined,
  }
}

/** The guide's targets for table 0335's `Q<integer>H`, as far as FHIR has them. */
function abbreviation(name: string): Coding | undefined {
  const daily = { Q1D: "QD", Q1W: "WK" }[name]
  const code = daily ?? (/^Q[123468]H$/.test(name) ? name : undefined)
  return code === undefined ? undefined : { system: abbreviations, code }
}

const abbreviations = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"

interface Repeating extends Timing {
  repeat: TimingRepeat
  asNeeded: boolean | undefined
}

/** Of table 0528, what FHIR's required codes have too: none of them lies between meals. */
const events = ["HS", "AC", "PC", "ACM", "ACD", "ACV", "PCM", "PCD", "PCV"] as const

function durationOf(text: string | undefined, unit: string | undefined): Duration | undefined {
  const value = decimal(text)
  const code = unitOfTime(unit)
  if (value === undefined || code === undefined) return undefined
  return { value, unit: code, system: "http://unitsofmeasure.org", code }
}

function minutes(offset: Pattern["offset"]): number | undefined {
  const [text, unit] = offset ?? []
  const factor = minutesIn[unitOfTime(unit) ?? ""]
  const value = decimal(text)
  if (value === undefined || factor === undefined) return undefined
  return Math.round(value * factor)
}

const minutesIn: Record<string, number | undefined> = { s: 1 / 60, min: 1, h: 60, d: 1440 }

function countOf(text: string | undefined): number | undefined {
  const count = Number(text)
  return Number.isInteger(count) && count > 0 ? count : undefined
}

/** To the minute, as `0800` or `08:00`; seconds are added, which FHIR asks for. */
function timeOfDay(text: string): string | undefined {
  const [, hour, minute, second = "00"] =
    /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)?$/.exec(text.trim()) ?? []
  return hour && `${hour}:${minute}:${second}`
}

type UnitOfTime = NonNullable<TimingRepeat["periodUnit"]>

/** UCUM's unit of time for what senders write: `hr`, `Day`, `min`. */
function unitOfTime(text: string | undefined): UnitOfTime | undefined {
  const name = text?.toLowerCase().replace(/s$/, "") ?? ""
  if (text === "s") return "s"
  return unitsOfTime.find(([, names]) => names.includes(name))?.[0]
}

const unitsOfTime: readonly (readonly [UnitOfTime, readonly string[]])[] = [
  ["s", ["sec", "second"]],
  ["min", ["min", "minute"]],
  ["h", ["h", "hr", "hour"]],
  ["d", ["d", "day"]],
  ["wk", ["w", "wk", "week"]],
  ["mo", ["mo", "month"]],
  ["a", ["a", "y", "yr", "year"]],
]

/** The letters of tables 0335 and of TQ-3. */
const letters: Record<string, UnitOfTime | undefined> = {
  S: "s",
  M: "min",
  H: "h",
  D: "d",
  W: "wk",
  L: "mo",
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}
