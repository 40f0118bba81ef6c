import type { Period } from "fhir/r4"
import type { TimeRead } from "../../hl7/time.ts"
import { toDate, toDateTime, toInstant } from "../../hl7/time.ts"
import type { Reading } from "../reading.ts"

/**
 * A DT or DTM as FHIR `dateTime`, or undefined when there is none. What is no possible time is
 * left out of the resource with a note; `where` names the field for it, for example `PV1-44`.
 */
export function dateTime(text: string | undefined, where: string, reading: Reading) {
  return noted(text && readDateTime(text, reading), where, reading)
}

/** A DT or DTM as FHIR `dateTime`; a text that comes again is not read again. */
export function readDateTime(text: string, reading: Reading): TimeRead {
  const before = reading.times.get(text)
  if (before !== undefined) return before
  const read = toDateTime(text, reading.timezone)
  reading.times.set(text, read)
  return read
}

/** A DT or DTM as FHIR `date`: its day, or as much of it as was given. */
export function date(text: string | undefined, where: string, reading: Reading) {
  return noted(text && toDate(text), where, reading)
}

/** A DTM as FHIR `instant`. */
export function instant(text: string | undefined, where: string, reading: Reading) {
  return noted(text && toInstant(text, reading.timezone), where, reading)
}

/** A Period of two DTM; an end before its start is left out, as per-1 demands. */
export function period(
  start: string | undefined,
  end: string | undefined,
  where: string,
  reading: Reading,
): Period | undefined {
  const from = dateTime(start, where, reading)
  const to = dateTime(end, where, reading)
  if (from === undefined && to === undefined) return undefined
  return orderedPeriod({ start: from, end: to }, where, reading)
}

/** The period without its end where that lies before the start. */
export function orderedPeriod(period: Period, where: string, reading: Reading): Period {
  const { start, end } = period
  if (start === undefined || end === undefined) return period
  // Compared by what both are precise to: the end of an admission may be given by its day alone.
  const precision = Math.min(start.length, end.length)
  const ended =
    precision <= "2026-04-15".length
      ? end.slice(0, precision) >= start.slice(0, precision)
      : Date.parse(end) >= Date.parse(start)
  if (ended) return period
  reading.note(`${where}: it ends before it starts; its end is left out`)
  return { ...period, end: undefined }
}

function noted(read: TimeRead | "" | undefined, where: string, reading: Reading) {
  if (!read) return undefined
  if ("value" in read) return read.value
  reading.note(`${where}: ${read.reason}; it is left out`)
  return undefined
}
