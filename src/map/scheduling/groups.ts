import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"
import { newObserved, type Observed } from "../result/groups.ts"

/** One patient of an appointment. */
export interface Scheduled extends Concerned {
  observed: Observed[]
  diagnoses: Segment[]
}

/** The segments of an appointment's resources. */
export type ResourceName = "AIS" | "AIG" | "AIL" | "AIP"

/** What a message says of one appointment. */
export interface Scheduling {
  sch: Segment
  timings: Segment[]
  patients: Scheduled[]
  /** Those of each kind that the message has, but for the ones it takes back; in its order. */
  resources: Map<ResourceName, Segment[]>
  /** The notes under SCH and its resources. */
  notes: Segment[]
}

/**
 * The groups of an SIU^S12 (2.5.1, 10.4); undefined without an SCH. A resource, or a group of
 * them, whose action code is D (table 0206) is no longer one. Segments that no map reads are
 * named.
 */
export function schedulingOf(reading: Reading): Scheduling | undefined {
  const sch = reading.parsed.first("SCH")
  if (sch === undefined) return undefined
  const scheduling: Scheduling = {
    sch,
    timings: reading.parsed.all("TQ1"),
    patients: [],
    resources: new Map(),
    notes: [],
  }
  const left = new Set<string>()
  let notes: Segment[] | undefined = scheduling.notes
  let groupGone = false
  for (const segment of reading.parsed.segments) {
    const { name } = segment
    if (elsewhere.has(name)) continue
    if (name === "RGS") groupGone = segment.text(2) === "D"
    else if (name === "NTE") {
      if (notes) notes.push(segment)
      else reading.note("NTE under PID: FHIR has no place for it")
    } else if (isResource(name)) {
      addResource(scheduling, name, segment, groupGone)
      notes = scheduling.notes
    } else {
      const placed = placeOfPatient(segment, scheduling)
      if (placed === undefined) left.add(name)
      else notes = placed === "nowhere" ? undefined : placed
    }
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  return scheduling
}

/**
 * SFT is read by `addOrigin`; the others are read above.
 */
const elsewhere: ReadonlySet<string> = new Set(["MSH", "SFT", "SCH", "TQ1"])

function isResource(name: string): name is ResourceName {
  return name === "AIS" || name === "AIG" || name === "AIL" || name === "AIP"
}

function addResource(
  { resources }: Scheduling,
  name: ResourceName,
  segment: Segment,
  groupGone: boolean,
): void {
  const all = resources.get(name) ?? []
  if (!groupGone && segment.text(2) !== "D") all.push(segment)
  resources.set(name, all)
}

/**
 * Puts a segment to its patient; gives where a note below it belongs, undefined if it is unread.
 */
function placeOfPatient(
  segment: Segment,
  { patients }: Scheduling,
): Segment[] | "nowhere" | undefined {
  if (segment.name === "PID") {
    const begun = { pid: segment, pd1: undefined, nk1: [], pv1: undefined }
    patients.push({ ...begun, observed: [], diagnoses: [] })
    return "nowhere"
  }
  const patient = patients.at(-1)
  if (patient === undefined) return undefined
  switch (segment.name) {
    case "PD1":
      patient.pd1 ??= segment
      return "nowhere"
    case "NK1":
      patient.nk1.push(segment)
      return "nowhere"
    case "PV1":
      patient.pv1 ??= segment
      return "nowhere"
    case "DG1":
      patient.diagnoses.push(segment)
      return "nowhere"
    case "OBX": {
      const observed = newObserved(segment)
      patient.observed.push(observed)
      return observed.notes
    }
    default:
      return undefined
  }
}
