import type { Segment } from "../hl7/message.ts"
import type { Reading } from "./reading.ts"

/** One patient of a message: the PID, and every segment up to the next. */
export interface Person {
  pid: Segment
  segments: readonly Segment[]
}

/** What one PV1 says of a visit, with the MRG above it that names the visit it was. */
export interface VisitGroup {
  mrg?: Segment | undefined
  pv1?: Segment | undefined
  pv2?: Segment | undefined
}

/** The patients of a message: a merge, a swap and a link (A17, A24, A40) have more than one. */
export function peopleOf(reading: Reading): Person[] {
  const people: { pid: Segment; segments: Segment[] }[] = []
  for (const segment of reading.parsed.segments) {
    if (segment.name === "PID") people.push({ pid: segment, segments: [] })
    else people.at(-1)?.segments.push(segment)
  }
  return people
}

export function segmentsOf({ segments }: Person, name: string): Segment[] {
  return segments.filter((segment) => segment.name === name)
}

/** MRG, PV1 and PV2 in their groups; a message of one visit and no merge has one. */
export function visitGroups({ segments }: Person): VisitGroup[] {
  const groups: VisitGroup[] = []
  let group: VisitGroup | undefined
  for (const segment of segments) {
    const { name } = segment
    if (name === "MRG" || (name === "PV1" && group === undefined)) {
      group = {}
      groups.push(group)
    }
    if (group === undefined) continue
    if (name === "MRG") group.mrg = segment
    if (name === "PV1") group.pv1 ??= segment
    if (name === "PV2") group.pv2 ??= segment
  }
  return groups
}
