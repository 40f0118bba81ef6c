import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"

/** What a message says of one patient and one visit. */
export interface Group extends Concerned {
  /** All segments below the PID but those of `Concerned`, in their order. */
  rest: Segment[]
}

/**
 * The patients of a message of any type, each by the PID, with a group for every visit: a second
 * PV1 begins another, as in a BAR^P01 (2.5.1, 6.4.1).
 */
export function patientsOf({ parsed }: Reading): Map<Segment, [Group, ...Group[]]> {
  const patients = new Map<Segment, [Group, ...Group[]]>()
  let groups: [Group, ...Group[]] | undefined
  for (const segment of parsed.segments) {
    if (segment.name === "PID") {
      groups = [{ pid: segment, pd1: undefined, nk1: [], pv1: undefined, rest: [] }]
      patients.set(segment, groups)
    } else if (groups !== undefined) place(segment, groups.at(-1) ?? groups[0], groups)
  }
  return patients
}

function place(segment: Segment, group: Group, groups: Group[]): void {
  switch (segment.name) {
    case "PD1":
      group.pd1 ??= segment
      return
    case "NK1":
      group.nk1.push(segment)
      return
    case "PV1":
      if (group.pv1 === undefined) group.pv1 = segment
      else groups.push({ ...group, pv1: segment, rest: [] })
      return
    default:
      group.rest.push(segment)
  }
}

/** An IN1, and what stands under it. */
export interface Insurance {
  in1: Segment
  in2: Segment | undefined
  in3: Segment[]
}

/** The insurances among the segments of a group. */
export function insurancesOf(rest: readonly Segment[]): Insurance[] {
  const all: Insurance[] = []
  for (const segment of rest) {
    const insurance = all.at(-1)
    if (segment.name === "IN1") all.push({ in1: segment, in2: undefined, in3: [] })
    else if (segment.name === "IN2" && insurance) insurance.in2 ??= segment
    else if (segment.name === "IN3") insurance?.in3.push(segment)
  }
  return all
}
