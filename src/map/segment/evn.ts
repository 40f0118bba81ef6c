import type { Reference } from "fhir/r4"
import type { Agent, Happened } from "../../fhir/provenance.ts"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { designatorAt } from "../type/hd.ts"
import { place } from "../type/place.ts"
import { practitioner } from "../type/xcn.ts"
import { eventReason } from "../vocabulary/event-reason.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The events of a visit that take an earlier one back. */
const cancelling: ReadonlySet<string> = new Set(
  ["A11", "A12", "A13", "A25", "A26", "A27", "A32", "A33", "A38"].map((event) => `ADT^${event}`),
)

/**
 * When an event of a visit occurred, as a FHIR dateTime (2.5.1, 3.4.1): an admission and a
 * registration by PV1-44, a discharge by PV1-45, any event by EVN-6, else by when it was recorded
 * (EVN-2) or sent (MSH-7). A cancel's EVN-6 is the time of what it takes back.
 */
export function occurredAt(pv1: Segment | undefined, reading: Reading): string | undefined {
  const { type } = reading.message
  const admitted = type === "ADT^A01" || type === "ADT^A04"
  return (
    (admitted ? dateTime(pv1?.text(44), "PV1-44", reading) : undefined) ??
    (type === "ADT^A03" ? dateTime(pv1?.text(45), "PV1-45", reading) : undefined) ??
    (cancelling.has(type) ? undefined : eventTime(6, reading)) ??
    eventTime(2, reading) ??
    dateTime(reading.parsed.first("MSH")?.text(7), "MSH-7", reading)
  )
}

/** When the event occurred that this one takes back (EVN-6); undefined for any other event. */
export function occurredBefore(reading: Reading): string | undefined {
  return cancelling.has(reading.message.type) ? eventTime(6, reading) : undefined
}

function eventTime(field: 2 | 6, reading: Reading): string | undefined {
  return dateTime(reading.parsed.first("EVN")?.text(field), `EVN-${field}`, reading)
}

/** What an EVN tells of its event for the Provenance: when, why, where and who entered it. */
export function happened(reading: Reading, mention: Mention): Happened | undefined {
  const evn = reading.parsed.first("EVN")
  if (evn === undefined) return undefined
  return {
    occurredDateTime: cancelling.has(reading.message.type) ? undefined : eventTime(6, reading),
    // U says that nobody knows why.
    reason: each(evn, 4, (cwe) =>
      cwe.text(1) === "U"
        ? undefined
        : translated(cwe, targetOf(eventReason, cwe.text(1)), "EVN-4", reading),
    ),
    location: facility(evn, reading, mention),
    agents: each(evn, 5, (xcn) => enterer(xcn, reading, mention)),
  }
}

/** Somebody who entered what a message tells of. */
export function enterer(xcn: Repetition, reading: Reading, mention: Mention): Agent | undefined {
  const who = practitioner(xcn, reading, mention)
  return who && { type: "enterer", who }
}

/** EVN-7 (HD) is the same Location as the facility of a PL. */
function facility(evn: Segment, reading: Reading, mention: Mention): Reference | undefined {
  return place([designatorAt(evn, 7)], {}, reading, mention)
}
