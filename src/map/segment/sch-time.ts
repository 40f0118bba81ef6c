import type { Appointment } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { dateTime, orderedPeriod } from "../type/dtm.ts"
import { later, minutes, unitIn } from "../type/duration.ts"

/** What of an appointment tells its time. */
export interface Timed {
  sch: Segment
  /** TQ1, which came for SCH-11 in 2.5. */
  timings: readonly Segment[]
  /** The segments of its resources, each with the field of its start. */
  starts: readonly { segment: Segment; field: number }[]
}

/**
 * When an appointment takes place: TQ1, else SCH-11, else the first start of its resources; its
 * end from its duration where it is not told. FHIR has instants there: a day without a time is
 * the period that was asked for. Undefined where no time is told.
 */
export function timeOfAppointment(
  { sch, timings, starts }: Timed,
  reading: Reading,
): Pick<Appointment, "start" | "end" | "requestedPeriod"> | undefined {
  const [timing] = timings
  if (timings.length > 1 || sch.repetitions(11).length > 1) {
    reading.note("TQ1, SCH-11: an appointment of several times; the first counts")
  }
  const { start: from, end: to } =
    ends(timing, 7, timing?.text(7), timing?.text(8), reading) ??
    ends(sch, 11, sch.text(11, 4), sch.text(11, 5), reading) ??
    firstOf(starts, reading)
  if (from === undefined && to === undefined) return undefined
  const end = to ?? (from && lasting({ sch, timings, starts }, from, reading))
  const period = orderedPeriod({ start: from, end }, "TQ1, SCH-11", reading)
  if (period.start?.includes("T"))
    return period.end?.includes("T") ? period : { start: period.start }
  reading.note("TQ1, SCH-11: no time of day; it is kept as the period that was asked for")
  return { requestedPeriod: [period] }
}

function ends(
  segment: Segment | undefined,
  field: number,
  start: string | undefined,
  end: string | undefined,
  reading: Reading,
) {
  const where = `${segment?.name}-${field}`
  const said = { start: dateTime(start, where, reading), end: dateTime(end, where, reading) }
  return said.start === undefined && said.end === undefined ? undefined : said
}

function firstOf(starts: Timed["starts"], reading: Reading) {
  for (const { segment, field } of starts) {
    const start = dateTime(segment.text(field), `${segment.name}-${field}`, reading)
    if (start !== undefined) return { start, end: undefined }
  }
  return { start: undefined, end: undefined }
}

/** SCH-9, else TQ1-6 (a CQ), else the longest of its resources. */
function lasting({ sch, timings: [timing], starts }: Timed, from: string, reading: Reading) {
  const unit = [timing?.text(6, 2), timing?.text(6, 2, 2)]
  const whole =
    minutes(sch.text(9), unitIn(sch, 10), "SCH-9", reading) ??
    minutes(timing?.text(6), unit, "TQ1-6", reading)
  const each = starts.map(({ segment, field }) => {
    const where = `${segment.name}-${field + 3}`
    return minutes(segment.text(field + 3), unitIn(segment, field + 4), where, reading) ?? 0
  })
  const longest = Math.max(0, ...each)
  const lasts = whole !== undefined && whole > 0 ? whole : longest
  return lasts > 0 ? later(from, lasts) : undefined
}
