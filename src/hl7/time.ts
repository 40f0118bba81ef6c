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

const form = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,9})?)?)?)?)?)?(.*)$/

function readTime(text: string): Parts | { reason: string } {
  const [, year = "", month, day, hour, minute, second = "00", fraction = "", zone = ""] =
    form.exec(text.trim()) ?? []
  if (year === "") return { reason: "it is not a time in the form of HL7" }
  const offset = zone === "" ? undefined : readOffset(zone)
  if (offset === null) return { reason: "its offset is not one in the form of HL7" }
  if (offset !== undefined && day === undefined)
    return { reason: "it is not a time in the form of HL7" }
  if (!isCalendarDate(year, month, day)) return { reason: "there is no such day" }
  const clock = minute === undefined ? undefined : `${hour}:${minute}:${second}`
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59) {
    return { reason: "there is no such time of day" }
  }
  return { date: [year, month, day].filter(Boolean).join("-"), clock, fraction, offset }
}

function isCalendarDate(year: string, month = "01", day = "01"): boolean {
  const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  return (
    Number(year) > 0 &&
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= days
  )
}

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
  const localMs = Date.parse(`${local}Z`)
  const last = steady.get(timezone)
  if (last && localMs > last.afterMs && localMs < last.beforeMs) return last.offset
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timezone)
  const minutes = Math.round((localMs - zoned.epochMilliseconds) / 60_000)
  const clock = [Math.abs(minutes) / 60, Math.abs(minutes) % 60]
  const [hours, rest] = clock.map((part) => String(Math.floor(part)).padStart(2, "0"))
  const offset = `${minutes < 0 ? "-" : "+"}${hours}:${rest}`
  const [before, after] = [
    zoned.getTimeZoneTransition("previous")?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    zoned.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
  ]
  // Two days from either change no zone's local time is in doubt.
  steady.set(timezone, { offset, afterMs: before + changeMs, beforeMs: after - changeMs })
  return offset
}

/**
 * By zone, the local times around the one asked for last in which its offset stays the same: to
 * ask Temporal for each costs a twentieth of a conversion. There are as many as zones configured.
 */
const steady = new Map<string, { offset: string; afterMs: number; beforeMs: number }>()
const changeMs = 2 * 86_400_000
