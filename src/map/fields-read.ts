import type { Segment } from "../hl7/message.ts"
import type { MapRecord } from "../mapping.ts"

/**
 * How many of a message's fields hold anything, and how many of them were asked for. It is said of
 * every message that is mapped, so nothing is kept for it: a field that was read has been split.
 */
export function fieldsRead(segments: readonly Segment[]): Omit<MapRecord, "version"> {
  let populated = 0
  let read = 0
  for (const segment of segments) {
    for (const field of segment.populated()) {
      populated++
      if (segment.wasRead(field)) read++
    }
  }
  return { populated, read }
}

/** Remembers what a record is about, for as long as somebody holds the record. */
export function keepFields<R extends MapRecord>(record: R, segments: readonly Segment[]): R {
  kept.set(record, segments)
  return record
}

/**
 * Whether the map asked for a field, of the segment that is the nth of the message, from 0: for
 * those who want to know which fields a record counts. Undefined of a record made elsewhere.
 */
export function askedFor(record: MapRecord, segment: number, field: number): boolean | undefined {
  return kept.get(record)?.[segment]?.wasRead(field)
}

const kept = new WeakMap<MapRecord, readonly Segment[]>()
