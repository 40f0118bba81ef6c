import type { Segment } from "../hl7/message.ts"
import type { Reading } from "./reading.ts"

/** One observation: its OBX, the further lines of a text, and the notes under them. */
export interface Observed {
  lines: [Segment, ...Segment[]]
  notes: Segment[]
}

/** One specimen, and what was observed of itself. */
export interface Sampled {
  spm: Segment
  observed: Observed[]
  notes: Segment[]
}

/** One order: the ORC directly above its OBR is its own, one further up is another order's. */
export interface Order {
  orc: Segment | undefined
  obr: Segment | undefined
  notes: Segment[]
  observed: Observed[]
  specimens: Sampled[]
}

/** The results of one patient (PATIENT_RESULT); a message may bring several. */
export interface Result {
  pid: Segment
  pd1: Segment | undefined
  nk1: Segment[]
  pv1: Segment | undefined
  notes: Segment[]
  /** What was observed before any order: of the patient. */
  observed: Observed[]
  orders: Order[]
}

/**
 * The groups of an ORU^R01 (2.5.1, 7.3.1). OBX and NTE belong to the nearest group above them,
 * whatever order the rest comes in. Segments that no map reads are named in a note.
 */
export function resultsOf(reading: Reading): Result[] {
  const results: Result[] = []
  const left = new Set<string>()
  let notes: Segment[] | undefined
  for (const segment of reading.parsed.segments) {
    const result = results.at(-1)
    if (segment.name === "PID") {
      const begun = newResult(segment)
      results.push(begun)
      notes = begun.notes
    } else if (segment.name === "NTE" && notes !== undefined) notes.push(segment)
    else if (segment.name !== "MSH") {
      const placed = result && place(segment, result)
      if (placed === undefined) left.add(segment.name)
      else notes = placed
    }
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  for (const result of results) joinTexts(result)
  return results
}

/** Puts a segment into its group; gives where a note below it belongs, undefined if nowhere. */
function place(segment: Segment, result: Result): Segment[] | undefined {
  const order = result.orders.at(-1)
  const sampled = order?.specimens.at(-1)
  switch (segment.name) {
    case "PD1":
      result.pd1 ??= segment
      return result.notes
    case "NK1":
      result.nk1.push(segment)
      return result.notes
    case "PV1":
      result.pv1 ??= segment
      return result.notes
    case "ORC":
      return begin(result, { orc: segment }).notes
    case "OBR": {
      const begun = order && order.obr === undefined ? order : begin(result, {})
      begun.obr = segment
      return begun.notes
    }
    case "OBX": {
      const observed: Observed = { lines: [segment], notes: [] }
      const group = sampled ?? order ?? result
      group.observed.push(observed)
      return observed.notes
    }
    case "SPM": {
      const begun: Sampled = { spm: segment, observed: [], notes: [] }
      order?.specimens.push(begun)
      return order && begun.notes
    }
    default:
      return undefined
  }
}

function newResult(pid: Segment): Result {
  return { pid, pd1: undefined, nk1: [], pv1: undefined, notes: [], observed: [], orders: [] }
}

function begin(result: Result, { orc }: { orc?: Segment }): Order {
  const order: Order = { orc, obr: undefined, notes: [], observed: [], specimens: [] }
  result.orders.push(order)
  return order
}

/** The lines of one text, sent as one OBX each, become one observation. */
function joinTexts(result: Result): void {
  result.observed = joined(result.observed)
  for (const order of result.orders) {
    order.observed = joined(order.observed)
    for (const sampled of order.specimens) sampled.observed = joined(sampled.observed)
  }
}

/**
 * Lines belong together that have one OBX-3 and one OBX-4, also with other results between them.
 * A line without an OBX-3 goes on with the text of the line before.
 */
function joined(observed: Observed[]): Observed[] {
  if (!observed.some(isLine)) return observed
  const kept = new Set<Observed>()
  const texts = new Map<string, Observed>()
  let before: Observed | undefined
  for (const next of observed) {
    const [line] = next.lines
    const name = `${line.raw(3)}|${line.raw(4)}`
    const ofText = isLine(next)
    const text = ofText ? (line.raw(3) === "" ? before : texts.get(name)) : undefined
    if (text === undefined) kept.add(next)
    else {
      text.lines.push(...next.lines)
      text.notes.push(...next.notes)
    }
    before = ofText ? (text ?? next) : undefined
    if (ofText && text === undefined) texts.set(name, next)
  }
  return [...kept]
}

function isLine({ lines: [obx] }: Observed): boolean {
  const type = obx.text(2)
  return type === "TX" || type === "FT"
}
