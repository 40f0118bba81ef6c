import type { AppointmentParticipant, Period, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Mention, Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"
import { later, minutes, unitIn } from "../type/duration.ts"
import { participantStatus } from "../vocabulary/decided-scheduling.ts"
import { targetOf } from "../vocabulary/target.ts"
import { aig } from "./aig.ts"
import { ail } from "./ail.ts"
import { aip } from "./aip.ts"
import { codeOfTable0278 } from "./sch-status.ts"

/** What an appointment takes up: who or what it is, and as what it takes part. */
export interface Resource {
  actor: Reference | undefined
  type: AppointmentParticipant["type"]
}

/** A segment of resources: AIG, AIL or AIP (2.5.1, 10.6.5 to 10.6.7). */
export interface ResourceSegment {
  /** The field with its start; its offset, duration and status follow in the same places. */
  startField: number
  read(segment: Segment, reading: Reading, mention: Mention): Resource
}

export const resourceSegments: Record<"AIG" | "AIL" | "AIP", ResourceSegment> = {
  AIG: aig,
  AIL: ail,
  AIP: aip,
}

/**
 * The participant that a resource is; undefined where nobody is named. `starts` is the start of
 * the appointment; `standing` is what they have said where the segment's status says nothing.
 */
export function participant(
  segment: Segment,
  { read, startField }: ResourceSegment,
  starts: string | undefined,
  standing: AppointmentParticipant["status"],
  reading: Reading,
  mention: Mention,
): AppointmentParticipant | undefined {
  const { actor, type } = read(segment, reading, mention)
  if (actor === undefined && type?.length === 0) {
    reading.note(`${segment.name}-3: nobody and nothing is named; it is left out`)
    return undefined
  }
  const code = codeOfTable0278(segment.text(startField + 6))
  return {
    type,
    actor,
    status: targetOf(participantStatus, code)?.code ?? standing,
    period: periodOf(segment, startField, starts, reading),
  }
}

/**
 * When a resource is taken up: from its own start, else from so long after the appointment's, for
 * its duration.
 */
export function periodOf(
  segment: Segment,
  startField: number,
  starts: string | undefined,
  reading: Reading,
): Period | undefined {
  const amount = (field: number) =>
    minutes(segment.text(field), unitIn(segment, field + 1), `${segment.name}-${field}`, reading)
  const own = dateTime(segment.text(startField), `${segment.name}-${startField}`, reading)
  const offset = own === undefined && starts !== undefined ? amount(startField + 1) : undefined
  const shifted = starts && offset !== undefined ? later(starts, offset) : undefined
  const start = own ?? shifted
  const duration = amount(startField + 3)
  if (start === undefined) return undefined
  return { start, end: duration === undefined ? undefined : later(start, duration) }
}
