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
