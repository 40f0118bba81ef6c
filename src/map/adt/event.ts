import type { Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Part, partOf, partsOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { occurredAt, occurredBefore } from "../segment/evn.ts"
import { classOf, placeFields, pv1Fields, visitStatus } from "../segment/pv1.ts"
import { pv2Fields } from "../segment/pv2.ts"
import { dateTime } from "../type/dtm.ts"
import { location } from "../type/pl.ts"
import type { VisitEvent } from "./visit-history.ts"

/** What a message says of a visit: its event, and the fields of PV1 and PV2. */
export function visitParts(pv1: Segment, pv2: Segment | undefined, reading: Reading): Part[] {
  const event = reading.message.type.slice("ADT^".length)
  const ended = (clears[event] ?? []).map((field) => `PV1-${field}`)
  const fields = partsOf(pv1, fieldsOfState, reading).filter(({ part }) => !ended.includes(part))
  return [
    ...eventParts(pv1, reading),
    ...fields,
    ...ended.map((part) => ({ part, makes: null, mentions: [] })),
    ...(pv2 ? partsOf(pv2, pv2Fields, reading) : []),
  ]
}

/** What a visit's places are is told by its events. */
const fieldsOfState = pv1Fields.filter(({ field }) => !placeFields.has(field))

/** What an event makes untrue: the end of a visit that goes on, a transfer made or cancelled. */
const clears: Record<string, readonly number[]> = {
  A02: [42],
  A03: [42],
  A10: [42],
  A13: [36, 37, 45],
  A26: [42],
}

/**
 * The message's event as a part of its own, so that the visit's history can be made of all that
 * were told. An event that is sent again is told again under the same name; of updates, which come
 * by the dozen, the last one that names a place.
 */
function eventParts(pv1: Segment, reading: Reading): Part[] {
  const event = reading.message.type.slice("ADT^".length)
  const discharged = () => dateTime(pv1.text(45), "PV1-45", reading)
  const at = telling.has(event) ? occurredAt(pv1, reading) : discharged()
  let place = ""
  const made = partOf("", reading, (mention) => {
    const one = visitEvent(event, pv1, at, reading, mention)
    place = [one.place, one.prior, one.temporary].map(nameOf).join(" ").trimEnd()
    return saysNothing(one) ? undefined : { events: [one] }
  })
  const name = ["EVN", event, at, place].filter(Boolean).join(" ")
  return made ? [{ ...made, part: name }] : []
}

/** The events that change a visit; any other may correct where the patient is. */
const telling: ReadonlySet<string> = new Set([
  ...["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A09", "A10", "A11", "A12", "A13", "A14"],
  ...["A17", "A21", "A22", "A23", "A27", "A32", "A33", "A38"],
])

/** Visits that did not take place have no places. */
const placeless: ReadonlySet<string> = new Set(["A11", "A23", "A27", "A38"])

function visitEvent(
  event: string,
  pv1: Segment,
  at: string | undefined,
  reading: Reading,
  mention: Mention,
): VisitEvent {
  const status = visitStatus(reading.message.type, pv1)
  const of = occurredBefore(reading)
  const planned = status === "planned" || undefined
  const place = (field: 3 | 6 | 11) =>
    placeless.has(event) ? undefined : each(pv1, field, (pl) => location(pl, reading, mention))[0]
  return {
    event,
    at,
    of,
    status,
    class:
      telling.has(event) && !placeless.has(event) && status ? classOf(pv1, reading) : undefined,
    place: place(3),
    prior: of === undefined ? place(6) : undefined,
    temporary: place(11),
    planned,
  }
}

/** An update that names neither a status nor a place, which would be told for nothing. */
function saysNothing({ event, status, place, prior, temporary }: VisitEvent): boolean {
  return !telling.has(event) && !(status ?? place ?? prior ?? temporary)
}

/** What tells one place from others within the name of a part. */
function nameOf(place: Reference | undefined): string {
  return place?.reference?.slice(-12) ?? place?.display ?? ""
}
