import type { Segment } from "../../hl7/message.ts"
import type { Concerned } from "../mentioned.ts"
import type { Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { joined } from "../result/text-lines.ts"
import { noteOtherParticipants } from "./participants.ts"

/** A drug as an RXO, RXE, RXD or RXA tells of it, with what stands under that segment. */
export interface Prepared {
  segment: Segment
  /** TQ1. */
  times: Segment[]
  /** RXR: the routes there is a choice of. */
  routes: Segment[]
  /** RXC: what it is made up of. */
  components: Segment[]
  notes: Segment[]
  /** PRT. */
  participants: Segment[]
  observed: Observed[]
}

/** One order of the pharmacy: an ORC and all that follows it up to the next. */
export interface PharmacyOrder {
  orc: Segment | undefined
  /** TQ1 directly under the ORC. */
  times: Segment[]
  notes: Segment[]
  /** PRT directly under the ORC. */
  participants: Segment[]
  /** RXO: as the prescriber asked for it. */
  requested: Prepared | undefined
  /** RXE: as the pharmacy has encoded it. */
  encoded: Prepared | undefined
  /** RXD. */
  dispensed: Prepared[]
  /** RXA. */
  administered: Prepared[]
}

/** The orders of one patient. */
export interface Treated extends Concerned {
  allergies: Segment[]
  insurances: Segment[]
  /** FT1, each with the notes under it. */
  charges: Segment[]
  notes: Segment[]
  /** PRT under the PID, and under the PV1. */
  participants: Segment[]
  visiting: Segment[]
  orders: PharmacyOrder[]
}

/** Where a segment goes, and where a note below it belongs. */
interface Place {
  treated: Treated
  prepared: Prepared | undefined
  notes: Segment[]
  /** Where a participation below it belongs; undefined where none does. */
  participants?: Segment[] | undefined
}

/**
 * The groups of the pharmacy's messages (2.5.1, 4.13). TQ1, RXR, RXC, OBX and NTE belong to the
 * nearest group above them. Segments that no map reads are named in a note.
 */
export function treatmentsOf(reading: Reading): Treated[] {
  const all: Treated[] = []
  const left = new Set<string>()
  let place: Place | undefined
  for (const segment of reading.parsed.segments) {
    if (heads.has(segment.name)) continue
    if (segment.name === "PID") {
      const treated = newTreated(segment)
      all.push(treated)
      const { notes, participants } = treated
      place = { treated, prepared: undefined, notes, participants }
      continue
    }
    const placed: Place | undefined = place && put(segment, place)
    if (placed === undefined) left.add(segment.name)
    else place = placed
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  for (const order of all.flatMap(({ orders }) => orders)) {
    settle(order, reading)
    noteOtherParticipants(order, reading)
  }
  return all
}

/**
 * Joins the lines of each text, and drops what says nothing: a drug of which only its counters are
 * told would make a resource of constants.
 */
function settle(order: PharmacyOrder, reading: Reading): void {
  const says = ({ segment }: Prepared): boolean => {
    for (let field = counters[segment.name] ?? 1; field <= fieldsMax; field++) {
      if (segment.repetitions(field).length > 0) return true
    }
    reading.note(`${segment.name}: nothing is said in it; it is left out`)
    return false
  }
  if (order.requested && !says(order.requested)) order.requested = undefined
  if (order.encoded && !says(order.encoded)) order.encoded = undefined
  order.dispensed = order.dispensed.filter(says)
  order.administered = order.administered.filter(says)
  const { requested, encoded, dispensed, administered } = order
  for (const prepared of [requested, encoded, ...dispensed, ...administered]) {
    if (prepared !== undefined) prepared.observed = joined(prepared.observed, reading)
  }
}

/** The first field behind the counters, where there are any. */
const counters: Record<string, number | undefined> = { RXD: 2, RXA: 3 }
const fieldsMax = 45

/** What tells of the sending or of what is answered, which the Provenance or the Task does. */
const heads = new Set(["MSH", "SFT", "MSA"])

/** Puts a segment into its group; undefined where there is none for it. */
function put(segment: Segment, place: Place): Place | undefined {
  const { treated, prepared } = place
  const order = treated.orders.at(-1)
  const beside = { ...place, notes: treated.notes, participants: undefined }
  switch (segment.name) {
    case "PD1":
      treated.pd1 ??= segment
      return { ...beside, participants: treated.participants }
    case "NK1":
      treated.nk1.push(segment)
      return beside
    case "PV1":
      treated.pv1 ??= segment
      return { ...beside, participants: treated.visiting }
    case "AL1":
      treated.allergies.push(segment)
      return beside
    case "IN1":
      treated.insurances.push(segment)
      return beside
    case "FT1":
      treated.charges.push(segment)
      return { ...beside, notes: treated.charges }
    case "ORC": {
      const { notes, participants } = begin(treated, segment)
      return { treated, prepared: undefined, notes, participants }
    }
    case "RXO":
    case "RXE":
    case "RXD":
    case "RXA": {
      const begun = prepare(segment, treated, prepared)
      const { notes, participants } = begun
      return { treated, prepared: begun, notes, participants }
    }
    case "NTE":
      place.notes.push(segment)
      return place
    case "PRT":
      place.participants?.push(segment)
      return place.participants && place
    default:
      return order && putBelow(segment, place, order)
  }
}

/** What stands under an order or one of its drugs. */
function putBelow(segment: Segment, place: Place, order: PharmacyOrder): Place | undefined {
  const { prepared } = place
  switch (segment.name) {
    case "TQ1":
      ;(prepared ?? order).times.push(segment)
      return place
    case "RXR":
      prepared?.routes.push(segment)
      return prepared && place
    case "RXC":
      prepared?.components.push(segment)
      return prepared && { ...place, notes: prepared.notes }
    case "OBX": {
      const observed: Observed = { lines: [segment], notes: [], participants: [] }
      prepared?.observed.push(observed)
      const { notes, participants } = observed
      return prepared && { ...place, notes, participants }
    }
    default:
      return undefined
  }
}

/** A second RXO or RXE without an ORC of its own is another order. */
function prepare(segment: Segment, treated: Treated, before: Prepared | undefined): Prepared {
  const prepared: Prepared = {
    segment,
    times: [],
    routes: [],
    components: [],
    notes: [],
    participants: [],
    observed: [],
  }
  const last = treated.orders.at(-1)
  const taken =
    (segment.name === "RXO" && last?.requested) || (segment.name === "RXE" && last?.encoded)
  const order = last === undefined || taken ? begin(treated, undefined) : last
  switch (segment.name) {
    case "RXO":
      order.requested = prepared
      break
    case "RXE":
      order.encoded = prepared
      break
    case "RXD":
      order.dispensed.push(prepared)
      break
    default:
      // Several RXA may stand above the one RXR of all of them (ADMINISTRATION of RAS^O17).
      if (before?.segment.name === "RXA" && before.routes.length === 0) {
        prepared.routes = before.routes
      }
      order.administered.push(prepared)
  }
  return prepared
}

function begin(treated: Treated, orc: Segment | undefined): PharmacyOrder {
  const order: PharmacyOrder = {
    orc,
    times: [],
    notes: [],
    participants: [],
    requested: undefined,
    encoded: undefined,
    dispensed: [],
    administered: [],
  }
  treated.orders.push(order)
  return order
}

function newTreated(pid: Segment): Treated {
  const around = { nk1: [], participants: [], visiting: [], allergies: [], insurances: [] }
  return { pid, pd1: undefined, pv1: undefined, ...around, charges: [], notes: [], orders: [] }
}
