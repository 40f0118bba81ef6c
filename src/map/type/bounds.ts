import type { Duration, TimingRepeat } from "fhir/r4"
import type { Reading } from "../reading.ts"
import { period } from "./dtm.ts"
import { timeUnit } from "./timing.ts"

/** A span of time: a number, and a unit as UCUM has it. */
export interface Span {
  value: number
  unit: NonNullable<TimingRepeat["periodUnit"]>
}

/** A span as FHIR writes a Duration. */
export function duration({ value, unit }: Span): Duration {
  return { value, unit, system: "http://unitsofmeasure.org", code: unit }
}

/** A number and a unit of time; undefined where either is none, or no length that something has. */
export function spanOf(value: number | undefined, unit: string | undefined): Span | undefined {
  const named = timeUnit(unit)
  const isLength = value !== undefined && value >= 0 && value < 1e6
  return isLength && named !== undefined ? { value, unit: named } : undefined
}

/**
 * From when until when something is to be done, by two of its start, end and length: R4 has either
 * a period or a length, so that a length beside one end gives the other.
 */
export function bounds(
  {
    start,
    end,
    length,
  }: { start?: string | undefined; end?: string | undefined; length?: Span | undefined },
  where: string,
  reading: Reading,
): Pick<TimingRepeat, "boundsPeriod" | "boundsDuration"> {
  if (start === undefined && end === undefined) {
    return length === undefined ? {} : { boundsDuration: duration(length) }
  }
  if (length !== undefined && (start === undefined || end === undefined)) {
    const other = farEnd(start ?? end ?? "", length, start === undefined ? -1 : 1)
    if (other !== undefined) {
      return { boundsPeriod: period(start ?? other, end ?? other, where, reading) }
    }
    reading.note(`${where}: its other end can't be told by its length, which is left out`)
  }
  return { boundsPeriod: period(start, end, where, reading) }
}

/**
 * The DTM that lies so much after another, or before it, for what begins or ends there. Counted in
 * the sender's own clock, so that a week is a week also where the clocks change in it. A day is the
 * first of as many days: FHIR's Period includes both of its ends. Undefined where none can be told.
 */
function farEnd(time: string, { value, unit }: Span, sign: 1 | -1): string | undefined {
  const [, year, month, day, clock = "", offset = ""] = form.exec(time) ?? []
  if (day === undefined || !Number.isInteger(value) || value < 1 || value > 100_000)
    return undefined
  const text = `${year}-${month}-${day}`
  const start = clock === "" ? text : `${text}T${clock.slice(0, 2)}:${clock.slice(2, 4)}`
  const amount = value * sign
  try {
    const far = Temporal.PlainDateTime.from(start).add({ [names[unit]]: amount })
    const isDay = clock === ""
    if (isDay && (unit === "s" || unit === "min" || unit === "h")) return undefined
    const last = isDay ? far.subtract({ days: sign }) : far
    const digits = last.toString({ smallestUnit: "minute" }).replaceAll(/[-:T]/g, "")
    return isDay ? digits.slice(0, 8) : `${digits}${clock.slice(4)}${offset}`
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const form = /^(\d{4})(\d\d)(\d\d)(\d{4}(?:\d\d(?:\.\d+)?)?)?([+-]\d{4})?$/
const names = {
  s: "seconds",
  min: "minutes",
  h: "hours",
  d: "days",
  wk: "weeks",
  mo: "months",
  a: "years",
} as const
