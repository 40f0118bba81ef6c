import type { Identifier, Reference, Specimen } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order, Sampled } from "../result/groups.ts"
import { compositeQuantity } from "../type/cq.ts"
import { concept, firstConcept, translated } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { dateTime, period } from "../type/dtm.ts"
import { type Entity, entityAt, entityIdentifier, entityIn, entityKey } from "../type/ei.ts"
import { decimal } from "../type/quantity.ts"
import { additivePreservative } from "../vocabulary/additive-preservative.ts"
import { bodySite } from "../vocabulary/body-site.ts"
import { specimenAvailability } from "../vocabulary/specimen-availability.ts"
import { specimenCollectionMethod } from "../vocabulary/specimen-collection-method.ts"
import { specimenCondition } from "../vocabulary/specimen-condition.ts"
import { specimenType } from "../vocabulary/specimen-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { annotations } from "./nte.ts"
import { collector, fasting } from "./obr-specimen.ts"
import { dated, orderNumbers } from "./orc.ts"

/** What specimens belong to. */
export interface Collected {
  subject: Reference
  requests: Reference[]
  /** Left out where the specimen stands above several orders. */
  order?: Order
}

/** What specimens under an order are keyed by. */
export interface Keyed extends Collected {
  reportKey: readonly string[]
  order: Order
}

/** SPM-2, the filler's number before the placer's; else the first container's (SAC-3). */
export function specimenNumber({ spm, containers }: Sampled): Entity | undefined {
  const [numbers] = spm.repetitions(2)
  const number = numbers && (entityIn(numbers, 2) ?? entityIn(numbers, 1))
  return number ?? entityAt(containers[0], 3)
}

/**
 * What a specimen under an order is known by: its own number with the order's, so that the
 * services of one order meet in it; without one its place under the report.
 */
export function specimenKey(
  sampled: Sampled,
  index: number,
  { subject, reportKey, order }: Keyed,
  reading: Reading,
): string[] {
  const number = specimenNumber(sampled)
  const { filler: ordered } = orderNumbers(order)
  if (number === undefined || ordered === undefined) {
    return [...reportKey, number ? entityKey(number) : `${index + 1}`]
  }
  const numbered = dated(entityKey(ordered), order, reading)
  return [subject.reference ?? "", reading.sender, ...numbered, entityKey(number)]
}

/** The specimen an SPM describes (2.5.1, 7.4.3), in its containers (SAC, 13.4.3). */
export function specimen(
  { spm, notes, containers }: Sampled,
  key: readonly string[],
  { subject, requests, order }: Collected,
  reading: Reading,
  mention: Mention,
): Specimen {
  const [numbers] = spm.repetitions(2)
  const remarks = each(spm, 14, (line) => {
    const text = line.whole().trim()
    return text === "" ? undefined : { text }
  })
  const rejected = each(spm, 21, (cwe) => concept(cwe, "SPM-21", reading))
  return {
    resourceType: "Specimen",
    identifier: [
      own(reading, "Specimen", ...key),
      ...(numbers ? pairIdentifiers(numbers, reading) : []),
      ...each(spm, 31, (cx) => identifier(cx, "specimen", "SPM-31", reading)),
      ...shipments(spm, reading),
    ],
    accessionIdentifier: each(spm, 30, (cx) => identifier(cx, "accession", "SPM-30", reading))[0],
    // A laboratory that rejects a specimen says why (SPM-21), and then it is of no use.
    status:
      rejected.length > 0 ? "unsatisfactory" : targetOf(specimenAvailability, spm.text(20))?.code,
    type: each(spm, 4, (cwe) =>
      translated(cwe, targetOf(specimenType, cwe.text(1)), "SPM-4", reading),
    )[0],
    subject,
    receivedTime: dateTime(spm.text(18), "SPM-18", reading),
    parent: each(spm, 3, (eip) => {
      const [number] = pairIdentifiers(eip, reading).toReversed()
      return number && { type: "Specimen", identifier: number }
    }),
    request: requests,
    collection: {
      collector: collector(order, reading, mention),
      ...collection(spm, reading),
      ...fasting(order?.obr, reading),
    },
    container: containersOf(spm, containers, reading),
    condition: [
      ...each(spm, 24, (cwe) =>
        translated(cwe, targetOf(specimenCondition, cwe.text(1)), "SPM-24", reading),
      ),
      ...rejected,
    ],
    note: [...remarks, ...annotations(notes, reading, mention)],
  }
}

function pairIdentifiers(eip: Repetition, reading: Reading): Identifier[] {
  const [placer, filler] = [entityIn(eip, 1), entityIn(eip, 2)]
  return [
    ...(placer ? [entityIdentifier(placer, "PLAC", "placer-specimen", reading)] : []),
    ...(filler ? [entityIdentifier(filler, "FILL", `specimen-${reading.sender}`, reading)] : []),
  ]
}

function shipments(spm: Segment, reading: Reading): Identifier[] {
  const shipment = entityAt(spm, 32)
  if (shipment === undefined) return []
  const type = {
    coding: [{ system: table0203, code: "SHIP", display: "Shipment Tracking Number" }],
  }
  return [{ ...entityIdentifier(shipment, undefined, "shipment", reading), type }]
}

/** What SPM says of the container belongs to the first of them. */
function containersOf(spm: Segment, sacs: readonly Segment[], reading: Reading) {
  const said = {
    type: firstConcept(spm, "SPM-27", reading),
    additiveCodeableConcept: each(spm, 6, (cwe) =>
      translated(cwe, inTable(additivePreservative, "HL70371", cwe), "SPM-6", reading),
    )[0],
  }
  const [first, ...more] = sacs.map((sac) => {
    const number = entityAt(sac, 3) ?? entityAt(sac, 4)
    const unit = sac.text(24)
    const [capacity, filled] = [decimal(sac.text(21)), decimal(sac.text(22))]
    return {
      identifier: number && [entityIdentifier(number, undefined, "container", reading)],
      capacity: capacity === undefined ? undefined : { value: capacity, unit },
      specimenQuantity: filled === undefined ? undefined : { value: filled, unit },
      additiveCodeableConcept: firstConcept(sac, "SAC-27", reading),
    }
  })
  if (first === undefined) return [said]
  const additiveCodeableConcept = said.additiveCodeableConcept ?? first.additiveCodeableConcept
  return [{ ...first, ...said, additiveCodeableConcept }, ...more]
}

/** SPM-17 is a range; its start alone is when the specimen was taken. */
function collection(spm: Segment, reading: Reading): Specimen["collection"] {
  const [taken, until] = [spm.text(17), spm.text(17, 2)]
  const [amount] = spm.repetitions(12)
  return {
    collectedDateTime: until === undefined ? dateTime(taken, "SPM-17", reading) : undefined,
    collectedPeriod: until === undefined ? undefined : period(taken, until, "SPM-17", reading),
    quantity: amount && compositeQuantity(amount, undefined, reading),
    method: each(spm, 7, (cwe) =>
      translated(cwe, targetOf(specimenCollectionMethod, cwe.text(1)), "SPM-7", reading),
    )[0],
    bodySite: each(spm, 8, (cwe) =>
      translated(cwe, inTable(bodySite, "HL70163", cwe), "SPM-8", reading),
    )[0],
  }
}

const table0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"

/** A code that names another system is none of the table, though it may read like one. */
function inTable<Table extends object>(table: Table, name: string, cwe: Repetition) {
  const named = cwe.text(3)
  return named === undefined || named === name ? targetOf(table, cwe.text(1)) : undefined
}
