import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"

/** What R4 has no place for is named in a note. */
export function noteUnplaced(segment: Segment, fields: readonly number[], reading: Reading): void {
  const left = fields.filter((field) => segment.repetitions(field).length > 0)
  if (left.length === 0) return
  const names = left.map((field) => `${segment.name}-${field}`)
  reading.note(`${names.join(", ")}: FHIR has no place for it`)
}
