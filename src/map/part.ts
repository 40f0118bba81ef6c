import { compact } from "../fhir/compact.ts"
import { type Identified, ownIdentifierOf, referenceTo } from "../fhir/identity.ts"
import type { Repetition, Segment } from "../hl7/message.ts"
import type { Mention, Reading } from "./reading.ts"

/** How one v2 field makes its part of a resource that the message owns. */
export interface Field<R> {
  field: number
  /** The elements it can make, so that one it deletes is not filled from elsewhere. */
  elements: readonly (keyof R & string)[]
  /** Undefined when the field holds nothing that can be said in FHIR. */
  make(segment: Segment, reading: Reading, mention: Mention): Partial<R> | undefined
}

/** What this message says about one part of a resource. */
export interface Part {
  /** The field that says it: `PID-13`. */
  part: string
  /** The elements it makes; null: the sender deleted it. */
  makes: object | null
  /** The resources that the elements refer to, to be created where absent. */
  mentions: Identified[]
}

/**
 * The parts that a segment's fields make. A field that is empty says nothing and gives no part;
 * one that is `""` is deleted (2.5.1, 2.5.3).
 */
export function partsOf<R>(
  segment: Segment,
  fields: readonly Field<R>[],
  reading: Reading,
): Part[] {
  const parts: Part[] = []
  for (const { field, make } of fields) {
    if (segment.raw(field) === "") continue
    const part = `${segment.name}-${field}`
    if (segment.deleted(field)) parts.push({ part, makes: null, mentions: [] })
    else if (segment.repetitions(field).length > 0) {
      const made = partOf(part, reading, (mention) => make(segment, reading, mention))
      if (made !== undefined) parts.push(made)
    }
  }
  return parts
}

/** One part out of what `make` makes and mentions; undefined when it makes nothing. */
export function partOf(
  part: string,
  reading: Reading,
  make: (mention: Mention) => object | undefined,
): Part | undefined {
  const mentions: Identified[] = []
  const makes = compact(
    make((resource) => {
      const own = ownIdentifierOf(reading.site.id, resource)
      if (own === undefined) throw new Error(`a ${resource.resourceType} without our identifier`)
      mentions.push(compact(resource) ?? resource)
      return referenceTo(own)
    }),
  )
  return makes === undefined ? undefined : { part, makes, mentions }
}

/** What each repetition of a field makes, those left out that make nothing. */
export function each<T>(
  segment: Segment,
  field: number,
  make: (repetition: Repetition) => T | undefined,
): T[] {
  const all: T[] = []
  for (const repetition of segment.repetitions(field)) {
    const made = make(repetition)
    if (made !== undefined) all.push(made)
  }
  return all
}
