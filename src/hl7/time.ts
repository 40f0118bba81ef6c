/** What a v2 time became: the FHIR value, or the reason there is none (without its content). */
export type TimeRead = { value: string } | { reason: string }

/**
 * A v2 DT or DTM (2.5.1, 2A.21 and 2A.22) as a FHIR `date`: as precise as it was given, no time
 * and no zone added. A time of day is dropped: the date is the one the sender wrote.
 */
export function toDate(text: string): TimeRead {
  const read = readTime(text)
  return "reason" in read ? read : { value: read.date }
}

/**
 * A v2 DTM as a FHIR `dateTime`. A date stays a date, the hour alone is lowered to its date, and
 * seconds left out are zero, which is how R4 writes a time to the minute. An offset that was sent
 * is kept; without one the time is `timezone`'s (an IANA name), summer time and all.
 */
export function toDateTime(text: string, timezone: string): TimeRead {
  const read = readTime(text)
  if ("reason" in read) return read
  if (read.clock === undefined) return { value: read.date }
  return { value: `${read.date}T${read.clock}${read.fraction}${offsetOf(read, timezone)}` }
}

/** A v2 DTM as a FHIR `instant`, which needs a time of day. */
export function toInstant(text: string, timezone: string): TimeRead {
  const read = toDateTime(text, timezone)
  if ("reason" in read || read.value.includes("T")) return read
  return { reason: "it has no time of day" }
}

interface Parts {
  /** `2026`, `2026-04` or `2026-04-15`. */
  date: string
  /** `12:30:00`; undefined for a date. */
  clock: string | undefined
  /** `.25` or "". */
  fraction: string
  /** `+03:00` as the sender gave it. */
  offset: string | undefined
}

/** By its digits, as every message has some times: an expression for it costs half as much more. */
function readTime(written: string): Parts | { reason: string } {
  const text = written.trim()
  const digits = digitsIn(text)
  if (digits < 4 || text.includes("\n")) return { reason: "it is not a time in the form of HL7" }
  const fraction = digits < 14 ? "" : (/^\.\d{1,9}/.exec(text.slice(14))?.[0] ?? "")
  const zone = text.slice(digits + fraction.length)
  const offset = zone === "" ? undefined : readOffset(zone)
  if (offset === null) return { reason: "its offset is not one in the form of HL7" }
  if (offset !== undefined && digits < 8) return { reason: "it is not a time in the form of HL7" }
  const part = (at: number) => (at < digits ? text.slice(at, at + 2) : undefined)
  const date = dateOf(text.slice(0, 4), part(4), part(6))
  if (date === undefined) return { reason: "there is no such day" }
  const [hour = "00", minute, second = "00"] = [part(8), part(10), part(12)]
  if (Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59) {
    return { reason: "there is no such time of day" }
  }
  const clock = minute === undefined ? undefined : `${hour}:${minute}:${second}`
  return { date, clock, fraction, offset }
}

/** How many digits of `YYYYMMDDHHMMSS` the text begins with: none of a pair that is not whole. */
function digitsIn(text: string): number {
  let count = 0
  while (count < 14 && text.charCodeAt(count) >= 0x30 && text.charCodeAt(count) <= 0x39) count++
  return count - (count % 2)
}

/** The date as FHIR writes it; undefined where the calendar has none. */
function dateOf(year: string, month: string | undefined, day: string | undefined) {
  if (year === "0000") return undefined
  if (month === undefined) return year
  const days = daysIn[Number(month)]
  if (days === undefined) return undefined
  if (day === undefined) return `${year}-${month}`
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  const last = month === "02" && isLeap ? 29 : days
  return Number(day) >= 1 && Number(day) <= last ? `${year}-${month}-${day}` : undefined
}

/** By the number of the month, from 1. */
const daysIn = [undefined, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `+0300`, and as the field writes it `+03`, `+03:00` and `Z`; null when it is none of them. */
function readOffset(zone: string): string | null {
  if (zone === "Z") return "Z"
  const [, sign, hours, minutes = "00"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  if (hours === undefined || Number(minutes) > 59) return null
  // FHIR's dateTime ends at fourteen hours, which is also where the earth's zones end.
  if (Number(hours) * 60 + Number(minutes) > 14 * 60) return null
  return `${sign}${hours}:${minutes}`
}

/**
 * The zone's offset at that local time. A time that a clock change left out or made twice is read
 * as Temporal's "compatible" does: by the offset before the change. Offsets of the days before
 * standard time have seconds, which FHIR can't write; they are rounded off.
 */
function offsetOf(parts: Parts, timezone: string): string {
  if (parts.offset !== undefined) return parts.offset
  const local = `${parts.date}T${parts.clock}`
  const last = steady.get(timezone)
  if (last && local > last.after && local < last.before) return last.offset
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timezone)
  const minutes = Math.round((Date.parse(`${local}Z`) - zoned.epochMilliseconds) / 60_000)
  const clock = [Math.abs(minutes) / 60, Math.abs(minutes) % 60]
  const [hours, rest] = clock.map((part) => String(Math.floor(part)).padStart(2, "0"))
  const offset = `${minutes < 0 ? "-" : "+"}${hours}:${rest}`
  const [previous, next] = [
    zoned.getTimeZoneTransition("previous")?.epochMilliseconds,
    zoned.getTimeZoneTransition("next")?.epochMilliseconds,
  ]
  steady.set(timezone, {
    offset,
    after: previous === undefined ? "" : new Date(previous + changeMs).toISOString(),
    before: next === undefined ? "~" : new Date(next - changeMs).toISOString(),
  })
  return offset
}

/**
 * By zone, the local times around the one asked for last in which its offset stays the same, as
 * texts: to ask Temporal for each costs a twentieth of a conversion. There are as many as zones
 * configured.
 */
const steady = new Map<string, { offset: string; after: string; before: string }>()
/** Two days from a change no zone's local time is in doubt. */
const changeMs = 2 * 86_400_000
