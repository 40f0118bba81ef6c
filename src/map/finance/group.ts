import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"

/** What a message says of one patient and one visit. */
export interface Group extends Concerned {
  /** ROL and PRT under the PID, and under the PV1. */
  participants: Segment[]
  visiting: Segment[]
  /** All segments below the PID but those of `Concerned`, in their order. */
  rest: Segment[]
}

/**
 * The patients of a message of any type, each by the PID, with a group for every visit: a second
 * PV1 begins another, as in a BAR^P01 (2.5.1, 6.4.1).
 */
export function patientsOf({ parsed, note }: Reading): Map<Segment, [Group, ...Group[]]> {
  const patients = new Map<Segment, [Group, ...Group[]]>()
  let groups: [Group, ...Group[]] | undefined
  let above = ""
  for (const segment of parsed.segments) {
    const { name } = segment
    if (name === "PID") {
      const lists = { nk1: [], participants: [], visiting: [], rest: [] }
      groups = [{ pid: segment, pd1: undefined, pv1: undefined, ...lists }]
      patients.set(segment, groups)
    } else if (groups !== undefined) {
      const group = groups.at(-1) ?? groups[0]
      if (!isRole(segment)) place(segment, group, groups)
      else if (!placeRole(segment, above, group)) {
        note(`${name}: one of neither patient, visit, charge nor procedure is left out`)
      }
    }
    if (!isRole(segment) && name !== "NTE") above = name
  }
  return patients
}

function isRole({ name }: Segment): boolean {
  return name === "ROL" || name === "PRT"
}

/** Puts a role with what it stands under; false where no map reads it there. */
function placeRole(segment: Segment, above: string, group: Group): boolean {
  if (above === "PID" || above === "PD1") group.participants.push(segment)
  else if (above === "PV1" || above === "PV2") group.visiting.push(segment)
  else group.rest.push(segment)
  return group.rest.at(-1) !== segment || withRoles.has(above)
}

/** A charge, a procedure, and the segments of orders and results. */
const withRoles: ReadonlySet<string> = new Set(["FT1", "PR1", "ORC", "OBR", "OBX"])

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
      else groups.push({ ...group, pv1: segment, visiting: [], rest: [] })
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
