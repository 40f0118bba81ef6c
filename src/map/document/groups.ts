import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"
import { newObserved, newOrder, type Observed, type Order } from "../result/groups.ts"

/** One document: its TXA and the OBX below it. */
export interface DocumentGroup {
  txa: Segment
  observed: Observed[]
}

/** What an MDM is made of. */
export interface Documents {
  concerned: Concerned | undefined
  orders: Order[]
  groups: DocumentGroup[]
}

/**
 * The groups of an MDM^T02 (2.5.1, 9.5.2). An OBX belongs to the TXA above it; one that comes
 * before any, to the first. Segments that no map reads are named in a note.
 */
export function documentsOf(reading: Reading): Documents {
  const documents: Documents = { concerned: undefined, orders: [], groups: [] }
  const early: Observed[] = []
  const left = new Set<string>()
  let notes: Segment[] | undefined
  for (const segment of reading.parsed.segments) {
    if (segment.name === "NTE" && notes !== undefined) notes.push(segment)
    else if (segment.name === "OBX") {
      const observed = newObserved(segment)
      const group = documents.groups.at(-1)?.observed ?? early
      group.push(observed)
      notes = observed.notes
    } else if (segment.name === "TXA") {
      documents.groups.push({ txa: segment, observed: early.splice(0) })
      notes = undefined
    } else if (!place(segment, documents)) left.add(segment.name)
    else notes = segment.name === "OBR" ? documents.orders.at(-1)?.notes : undefined
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  if (documents.orders.some((order) => order.notes.length > 0)) {
    reading.note("NTE under OBR: a document has no place for it; it is left out")
  }
  return documents
}

/** Whether a segment that is neither document nor note has a place. */
function place(segment: Segment, documents: Documents): boolean {
  const { concerned, orders } = documents
  switch (segment.name) {
    // The event is in MSH-9 as well.
    case "MSH":
    case "EVN":
      return true
    case "PID":
      documents.concerned ??= { pid: segment, pd1: undefined, nk1: [], pv1: undefined }
      return documents.concerned.pid === segment
    case "PV1":
      if (concerned === undefined || concerned.pv1 !== undefined) return false
      concerned.pv1 = segment
      return true
    case "ORC":
      orders.push({ ...newOrder(), orc: segment })
      return true
    case "OBR": {
      const order = orders.at(-1)
      if (order !== undefined && order.obr === undefined) order.obr = segment
      else orders.push({ ...newOrder(), obr: segment })
      return true
    }
    default:
      return false
  }
}
