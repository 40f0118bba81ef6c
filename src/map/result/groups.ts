import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { joinTexts } from "./text-lines.ts"

/** One observation: its OBX, the further lines of a text, and the notes and PRT under them. */
export interface Observed {
  lines: [Segment, ...Segment[]]
  notes: Segment[]
  participants: Segment[]
}

/** One specimen, its containers (SAC), and what was observed of itself. */
export interface Sampled {
  spm: Segment
  observed: Observed[]
  notes: Segment[]
  containers: Segment[]
}

/** One order: the ORC directly above its OBR is its own, one further up is another order's. */
export interface Order {
  orc: Segment | undefined
  obr: Segment | undefined
  notes: Segment[]
  /** PRT under the ORC or the OBR. */
  participants: Segment[]
  /** TQ1. */
  timings: Segment[]
  /** DG1. */
  diagnoses: Segment[]
  observed: Observed[]
  specimens: Sampled[]
  /** Results of before, which are sent along with an order. */
  prior: Result[]
}

/** The results of one patient (PATIENT_RESULT); a message may bring several. */
export interface Result {
  pid: Segment
  pd1: Segment | undefined
  nk1: Segment[]
  pv1: Segment | undefined
  /** PRT under the PID, and under the PV1. */
  participants: Segment[]
  visiting: Segment[]
  /** AL1 and IN1, which orders bring along. */
  allergies: Segment[]
  coverages: Segment[]
  notes: Segment[]
  /** What was observed before any order: of the patient. */
  observed: Observed[]
  orders: Order[]
  /** The specimens that stand above their orders, of which each names one of these. */
  specimens: Sampled[]
}

/** How the groups of a message's structure stand, where it is not as in an ORU^R01. */
export interface Layout {
  /** A specimen stands above its orders (OUL^R22 and R23, OML^O33 and O35). */
  specimenAbove?: boolean
  /** An ORC may stand below its OBR (OUL^R22 to R24). */
  orcBelow?: boolean
  /** Results of before may stand below an order (OML, OMG): a second PID begins them. */
  prior?: boolean
  /** AL1, IN1 and DG1 come with orders; among results nobody asked for them. */
  background?: boolean
}

/**
 * The groups of an ORU^R01 (2.5.1, 7.3.1) and of the messages built like it. OBX, NTE and PRT
 * belong to the nearest group above them, whatever order the rest comes in. Segments that no map
 * reads are named in a note.
 */
export function resultsOf(reading: Reading, layout: Layout = {}): Result[] {
  const { segments } = reading.parsed
  const first = segments.find(({ name }) => name === "ORC" || name === "OBR")
  // Half the senders put the ORC first all the same.
  const orcBelow = layout.orcBelow === true && first?.name === "OBR"
  const place = placing({ ...layout, orcBelow })
  const left = new Set<string>()
  for (const segment of segments) {
    if (segment.name !== "MSH" && segment.name !== "MSA" && !place.segment(segment)) {
      left.add(segment.name)
    }
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  for (const result of place.results) joinTexts(result, reading)
  return place.results
}

/**
 * Why the results and orders of a message can't be told whose they are, though it names a patient:
 * what stands above the first PID would be lost without that anybody had to look.
 */
export function aboveAnyPatient({ parsed }: Reading): string | undefined {
  const first = parsed.segments.find(({ name }) => name === "PID" || ofPatient.has(name))
  if (first === undefined || first.name === "PID") return undefined
  return `${first.name} above the first PID: it can't be told whose it is`
}

const ofPatient: ReadonlySet<string> = new Set(["ORC", "OBR", "OBX"])

/** What an NTE may stand under, and for some of it a PRT. */
type Group = { notes: Segment[]; participants?: Segment[] }

/** Puts one segment after the other into its group; `segment` says whether there is one for it. */
function placing(layout: Layout) {
  const results: Result[] = []
  /** Set while results of before come, under the last order of the message's own patient. */
  let prior: Result | undefined
  let above: Sampled | undefined
  let nearest: Group | undefined

  function beginPrior(pid: Segment): Result | undefined {
    const order = layout.prior ? results.at(-1)?.orders.at(-1) : undefined
    if (order === undefined) return undefined
    prior = newResult(pid)
    order.prior.push(prior)
    return prior
  }

  function patient(pid: Segment): Group {
    const before = beginPrior(pid)
    if (before !== undefined) return before
    const result = newResult(pid)
    results.push(result)
    above = undefined
    return result
  }

  /** PR is the control code of an order of before (4.5.1.1); RE that of any result. */
  function common(orc: Segment, result: Result): Group {
    const order = result.orders.at(-1)
    if (layout.orcBelow && order?.obr && !order.orc && order.observed.length === 0) {
      order.orc = orc
      return order
    }
    const control = orc.text(1)
    if (prior && control !== undefined && control !== "PR" && control !== "RE") prior = undefined
    const begun = prior ?? (control === "PR" ? beginPrior(result.pid) : undefined)
    return begun ? begin(begun, undefined, orc) : begin(results.at(-1) ?? result, above, orc)
  }

  function groupOf(segment: Segment): Group | undefined {
    if (segment.name === "PID") return patient(segment)
    if (segment.name === "NTE") nearest?.notes.push(segment)
    if (segment.name === "NTE") return nearest
    if (segment.name === "PRT") return nearest?.participants?.push(segment) ? nearest : undefined
    const result = prior ?? results.at(-1)
    if (result === undefined) return undefined
    if (segment.name === "ORC") return common(segment, result)
    if (segment.name === "SPM" && layout.specimenAbove && prior === undefined) {
      above = newSampled(segment)
      result.specimens.push(above)
      return above
    }
    if (background.has(segment.name) && !layout.background) return undefined
    return place(segment, result, prior ? undefined : above)
  }

  return {
    results,
    segment(segment: Segment): boolean {
      const group = groupOf(segment)
      if (group !== undefined) nearest = group
      return group !== undefined
    },
  }
}

const background = new Set(["AL1", "IN1", "DG1"])

/** `above`: the specimen that stands above the orders, those before and those to come. */
function place(segment: Segment, result: Result, above: Sampled | undefined): Group | undefined {
  const begun = result.orders.at(-1)
  const order = above && !begun?.specimens.includes(above) ? undefined : begun
  const under = order === undefined || !above ? (above ?? order?.specimens.at(-1)) : undefined
  switch (segment.name) {
    case "PD1":
      result.pd1 ??= segment
      return result
    case "PV1":
      result.pv1 ??= segment
      return { notes: result.notes, participants: result.visiting }
    case "NK1":
      return kept(segment, result.nk1, result)
    case "AL1":
      return kept(segment, result.allergies, result)
    case "IN1":
      return kept(segment, result.coverages, result)
    case "OBR": {
      const mine = order && order.obr === undefined ? order : begin(result, above)
      mine.obr = segment
      return mine
    }
    case "TQ1":
      return order && kept(segment, order.timings, order)
    case "DG1":
      return order && kept(segment, order.diagnoses, order)
    case "OBX": {
      const observed = newObserved(segment)
      const group = under ?? order ?? result
      group.observed.push(observed)
      return observed
    }
    case "SPM": {
      const sampled = newSampled(segment)
      order?.specimens.push(sampled)
      return order && sampled
    }
    case "SAC": {
      const sampled = under ?? above
      return sampled && kept(segment, sampled.containers, sampled)
    }
    default:
      return undefined
  }
}

function kept(segment: Segment, among: Segment[], group: Group): Group {
  among.push(segment)
  return group
}

function newResult(pid: Segment): Result {
  const around = { nk1: [], participants: [], visiting: [], allergies: [], coverages: [] }
  const lists = { ...around, notes: [], observed: [], orders: [], specimens: [] }
  return { pid, pd1: undefined, pv1: undefined, ...lists }
}

function newSampled(spm: Segment): Sampled {
  return { spm, observed: [], notes: [], containers: [] }
}

/** An observation of this OBX, under which nothing stands yet. */
export function newObserved(obx: Segment): Observed {
  return { lines: [obx], notes: [], participants: [] }
}

/** An order in which nothing stands yet. */
export function newOrder(): Order {
  const lists = { notes: [], participants: [], timings: [], diagnoses: [], observed: [] }
  return { orc: undefined, obr: undefined, ...lists, specimens: [], prior: [] }
}

function begin(result: Result, sampled: Sampled | undefined, orc?: Segment): Order {
  const order: Order = { ...newOrder(), orc, specimens: sampled ? [sampled] : [] }
  result.orders.push(order)
  return order
}
