import { referenceTo } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { orderKey } from "../pharmacy/key.ts"
import { type Treated, treatmentsOf } from "../pharmacy/order.ts"
import { prescriptionName } from "../pharmacy/prescribe.ts"
import type { Reading } from "../reading.ts"
import { newOrder } from "../result/groups.ts"
import { patientIdentity } from "../segment/pid.ts"
import { type KnownOrders, ownedName } from "./identity.ts"
import { requestIdentity } from "./request.ts"

/** The orders of a message, by what they are of. */
export interface Parted {
  /** The message without its orders of drugs. */
  services: Reading
  drugs: Treated[]
}

/**
 * Parts the orders of drugs from those of services: an ORM^O01 may bring both (2.5.1, 4.4.1), and
 * makes of an RXO what an OMP^O09 makes of it. An ORC alone, which cancels or answers, is of the
 * one of its number that the box knows.
 */
export function partedByKind(reading: Reading, known: KnownOrders): Parted {
  const blocks = blocksOf(reading.parsed.segments)
  const ofDrugs = blocks.filter((block) => isOfDrug(block) || isKnownDrug(block, reading, known))
  if (ofDrugs.length === 0) return { services: reading, drugs: [] }
  const taken = new Set(ofDrugs.flatMap(({ segments }) => segments))
  const only = (keep: (segment: Segment) => boolean): Reading => {
    const segments = reading.parsed.segments.filter(keep)
    return { ...reading, parsed: { ...reading.parsed, segments } }
  }
  return {
    services: only((segment) => !taken.has(segment)),
    drugs: treatmentsOf(only((segment) => taken.has(segment) || patients.has(segment.name))),
  }
}

/** The prescriptions that an ORC alone may be of, as `Told.resource`. */
export function drugsAsked(reading: Reading): string[] {
  const lone = blocksOf(reading.parsed.segments).filter((block) => isLone(block, reading))
  return lone.flatMap((block) => namesOfLone(block, reading)?.drug ?? [])
}

const patients: ReadonlySet<string> = new Set(["PID", "PD1", "PV1"])
const drugSegments: ReadonlySet<string> = new Set(["RXO", "RXE"])

/** An ORC, and what stands under it. */
interface Block {
  pid: Segment | undefined
  segments: Segment[]
}

function blocksOf(all: readonly Segment[]): Block[] {
  const blocks: Block[] = []
  let pid: Segment | undefined
  let open: Block | undefined
  for (const segment of all) {
    if (segment.name === "PID") {
      pid = segment
      open = undefined
    } else if (segment.name === "ORC" || (drugSegments.has(segment.name) && !open)) {
      open = { pid, segments: [segment] }
      blocks.push(open)
    } else open?.segments.push(segment)
  }
  return blocks
}

function isOfDrug({ segments }: Block): boolean {
  return segments.some(({ name }) => drugSegments.has(name))
}

/** An ORC of no service and no drug, in the messages that are for both (4.4.1 and 4.4.2). */
function isLone({ segments }: Block, { message }: Reading): boolean {
  if (!/^OR[MR]\b/.test(message.type)) return false
  return segments.every(({ name }) => name === "ORC" || name === "NTE")
}

function isKnownDrug(block: Block, reading: Reading, known: KnownOrders): boolean {
  const names = isLone(block, reading) ? namesOfLone(block, reading) : undefined
  return names !== undefined && known.has(names.drug) && !known.has(names.service)
}

function namesOfLone({ pid, segments: [orc] }: Block, reading: Reading) {
  const patient = pid && patientIdentity(pid, reading)
  if (patient === undefined) return undefined
  const subject = referenceTo(patient)
  const order = { orc, encoded: undefined, dispensed: [] }
  return {
    drug: prescriptionName(orderKey(order, subject.reference, undefined, reading)),
    service: ownedName(requestIdentity({ ...newOrder(), orc }, subject, reading)),
  }
}
