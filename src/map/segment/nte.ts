import type { Annotation } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Mention, Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"
import { textOf } from "../type/value.ts"
import { practitioner } from "../type/xcn.ts"

/** The notes under a segment, one Annotation an NTE; one without a comment is none. */
export function annotations(
  notes: readonly Segment[],
  reading: Reading,
  mention: Mention,
): Annotation[] {
  if (notes.length === 0) return []
  return notes.flatMap((nte) => {
    const text = commentOf(nte)
    if (text.trim() === "") return []
    const [author] = nte.repetitions(5)
    return {
      authorReference: author && practitioner(author, reading, mention),
      time: dateTime(nte.text(6), "NTE-6", reading),
      text,
    }
  })
}

/**
 * What an NTE says: its text (NTE-3), and below it the comment that is coded (NTE-9, 2.8,
 * 2.14.10.9) with its code, as the guide writes that for a document: a text has no codes.
 */
export function commentOf(nte: Segment): string {
  const text = textOf(nte.repetitions(3))
  const [coded] = nte.repetitions(9)
  if (coded === undefined) return text
  const code = [1, 2, 3].map((part) => coded.component(part)).filter((part) => part !== undefined)
  const lines = [text, coded.component(9) ?? "", code.join("-")]
  return lines.filter((line) => line !== "").join("\n")
}
