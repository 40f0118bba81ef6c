import type { Annotation } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Mention, Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"
import { textOf } from "../type/value.ts"
import { practitioner } from "../type/xcn.ts"

/** The notes under a segment, one Annotation an NTE; one without a comment (NTE-3) is none. */
export function annotations(
  notes: readonly Segment[],
  reading: Reading,
  mention: Mention,
): Annotation[] {
  return notes.flatMap((nte) => {
    const text = textOf(nte.repetitions(3))
    if (text.trim() === "") return []
    const [author] = nte.repetitions(5)
    return {
      authorReference: author && practitioner(author, reading, mention),
      time: dateTime(nte.text(6), "NTE-6", reading),
      text,
    }
  })
}
