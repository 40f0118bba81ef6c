import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"
import { newObserved, type Observed } from "../result/groups.ts"

/** One vaccine given or not given: its RXA and what stands around it. */
export interface Vaccination {
  orc: Segment | undefined
  rxa: Segment | undefined
  rxr: Segment | undefined
  /** PRT: who took part, since 2.7. */
  participations: Segment[]
  notes: Segment[]
  observed: Observed[]
}

/** What a VXU is made of. */
export interface Vaccinations {
  concerned: Concerned | undefined
  insurances: Segment[]
  /** Under the PID. */
  notes: Segment[]
  /** What was observed before any order: of the patient. */
  observed: Observed[]
  groups: Vaccination[]
}

/**
 * The groups of a VXU^V04 (2.5.1, 4A.8.7). An RXA without an ORC of its own, as up to 2.4, begins a
 * group. OBX and NTE belong to the nearest group above. Segments that no map reads are named in a
 * note.
 */
export function vaccinationsOf(reading: Reading): Vaccinations {
  const all: Vaccinations = {
    concerned: undefined,
    insurances: [],
    notes: [],
    observed: [],
    groups: [],
  }
  const left = new Set<string>()
  let notes: Segment[] | undefined
  for (const segment of reading.parsed.segments) {
    if (segment.name === "NTE" && notes !== undefined) notes.push(segment)
    else {
      const below = place(segment, all)
      if (below === undefined) left.add(segment.name)
      notes = below ?? notes
    }
  }
  left.delete("MSH")
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  return all
}

/** Puts a segment into its group; gives where a note below it belongs, undefined if nowhere. */
function place(segment: Segment, all: Vaccinations): Segment[] | undefined {
  const { concerned } = all
  const group = all.groups.at(-1)
  switch (segment.name) {
    case "PID":
      all.concerned ??= { pid: segment, pd1: undefined, nk1: [], pv1: undefined }
      return all.concerned.pid === segment ? all.notes : undefined
    case "PD1":
      if (concerned) concerned.pd1 ??= segment
      return concerned && all.notes
    case "NK1":
      concerned?.nk1.push(segment)
      return concerned && all.notes
    case "PV1":
      if (concerned) concerned.pv1 ??= segment
      return concerned && all.notes
    case "IN1":
      all.insurances.push(segment)
      return all.notes
    case "ORC":
      return begin(all, { orc: segment }).notes
    case "RXA": {
      const begun = group && group.rxa === undefined ? group : begin(all, {})
      begun.rxa = segment
      return begun.notes
    }
    case "RXR":
      if (group?.rxa === undefined || group.rxr !== undefined) return undefined
      group.rxr = segment
      return group.notes
    case "PRT": {
      const observed = (group ?? all).observed.at(-1)
      const participants = observed?.participants ?? group?.participations
      participants?.push(segment)
      return participants && (observed ?? group)?.notes
    }
    case "OBX": {
      const observed = newObserved(segment)
      const of = group ?? all
      of.observed.push(observed)
      return observed.notes
    }
    default:
      return undefined
  }
}

function begin(all: Vaccinations, { orc }: { orc?: Segment }): Vaccination {
  const none = { rxa: undefined, rxr: undefined }
  const group: Vaccination = { orc, ...none, participations: [], notes: [], observed: [] }
  all.groups.push(group)
  return group
}
