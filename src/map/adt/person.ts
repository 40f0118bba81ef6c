import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"

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
  /** ROL and PRT under the PV1 or PV2. */
  roles: Segment[]
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

/** ROL and PRT under a PID or a PD1, and none further down. */
export function rolesAround({ segments }: Person): Segment[] {
  const roles: Segment[] = []
  for (const segment of segments) {
    if (isRole(segment)) roles.push(segment)
    else if (!besidePerson.has(segment.name)) break
  }
  return roles
}

const besidePerson: ReadonlySet<string> = new Set(["PD1", "ARV", "NTE"])

export function isRole({ name }: Segment): boolean {
  return name === "ROL" || name === "PRT"
}

/** MRG, PV1 and PV2 in their groups; a message of one visit and no merge has one. */
export function visitGroups({ segments }: Person): VisitGroup[] {
  const groups: VisitGroup[] = []
  let group: VisitGroup | undefined
  let inVisit = false
  for (const segment of segments) {
    const { name } = segment
    if (!isRole(segment)) inVisit = besideVisit.has(name)
    if (name === "MRG" || (name === "PV1" && group === undefined)) {
      group = { roles: [] }
      groups.push(group)
    }
    if (group === undefined) continue
    if (name === "MRG") group.mrg = segment
    if (name === "PV1") group.pv1 ??= segment
    if (name === "PV2") group.pv2 ??= segment
    if (inVisit && isRole(segment)) group.roles.push(segment)
  }
  return groups
}

const besideVisit: ReadonlySet<string> = new Set(["PV1", "PV2"])
