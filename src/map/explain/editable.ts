import { delimitersOf, parseMessage, type Segment } from "../../hl7/message.ts"
import type { Message, SourceSettings } from "../../message.ts"

/** A message written anew from what was read of it, so that fields of it can be changed. */
export interface Editable {
  segments: readonly Segment[]
  /** The repetitions of a field, as they stand there; `""` counts as one. */
  repetitions(segment: number, field: number): string[]
  /** The message with other texts in some repetitions, each made of the one that stands there. */
  changed(places: readonly Place[], make: (repetition: string) => string): Message
  /** What changes are compared with. */
  message: Message
  /** The same with other bytes that say the same, so that it has another digest. */
  again: Message
  /** Another text with as many parts, each of which says something else. */
  otherwise(repetition: string): string
}

/** Where a repetition stands: the segment and the repetition counted from 0, the field from 1. */
export interface Place {
  segment: number
  field: number
  repetition: number
}

/**
 * Reads a message for changing. It is written in UTF-8, whatever it came in, and where it names a
 * charset it names that one: what the changed message is compared with is written so too.
 */
export function editable(message: Message, { charset }: SourceSettings): Editable {
  const { segments } = parseMessage(message.bytes, { charset })
  const [header] = segments
  const delimiters = delimitersOf(`MSH${header?.raw(1) ?? "|"}${header?.raw(2) ?? ""}`)
  const lines = segments.map((segment, at) => {
    const last = Math.max(0, ...segment.populated(), at === 0 ? 2 : 0)
    const fields = Array.from({ length: last + 1 }, (_, field) => segment.raw(field))
    if (at === 0 && fields[18]) fields[18] = "UNICODE UTF-8"
    return fields
  })
  const split = (raw: string) =>
    delimiters.repetition === "" ? [raw] : raw.split(delimiters.repetition)
  const written = (given: readonly (readonly string[])[], end: string): Message => {
    const texts = given.map((fields) => lineOf(fields, delimiters.field))
    return { ...message, bytes: new TextEncoder().encode(texts.join("\r") + end) }
  }
  return {
    segments,
    repetitions: (segment, field) => split(lines[segment]?.[field] ?? ""),
    changed(places, make) {
      const all = [...lines]
      for (const { segment, field, repetition } of places) {
        const fields = all[segment] ?? []
        const texts = split(fields[field] ?? "")
        const made = texts.with(repetition, make(texts[repetition] ?? ""))
        all[segment] = fields.with(field, made.join(delimiters.repetition))
      }
      return written(all, "\r")
    },
    message: written(lines, "\r"),
    again: written(lines, "\r\r"),
    otherwise: (repetition) => {
      const { component, subcomponent } = delimiters
      const marks = [component, subcomponent].filter((mark) => mark !== "")
      return marks.reduceRight<(text: string) => string>(
        (inner, mark) => (text) => text.split(mark).map(inner).join(mark),
        differently,
      )(repetition)
    },
  }
}

/** What may be a time gets another year: with a digit more it would be none, and be left out. */
function differently(part: string): string {
  if (part.trim() === "") return part
  return /^\d{8}/.test(part) ? `${part[0] === "1" ? 2 : 1}${part.slice(1)}` : `${part}9`
}

/** MSH-1 is the separator, so it stands between MSH and MSH-2 by itself. */
function lineOf([name = "", first = "", ...rest]: readonly string[], separator: string): string {
  const isHeader = name === "MSH" || name === "BHS" || name === "FHS"
  const fields = isHeader
    ? [`${name}${first}${rest[0] ?? ""}`, ...rest.slice(1)]
    : [name, first, ...rest]
  return fields.join(separator)
}
