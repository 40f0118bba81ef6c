import type { Reference, Specimen } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order, Sampled } from "../result.ts"
import { codingSystem } from "../type/coding.ts"
import { firstConcept, translated } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { dateTime, period } from "../type/dtm.ts"
import { entityIdentifier, entityIn, entityKey } from "../type/ei.ts"
import { decimal } from "../type/quantity.ts"
import { specimenCollectionMethod } from "../vocabulary/specimen-collection-method.ts"
import { specimenCondition } from "../vocabulary/specimen-condition.ts"
import { specimenType } from "../vocabulary/specimen-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { annotations } from "./nte.ts"
import { dated, orderNumbers } from "./orc.ts"

/** What specimens are keyed by and belong to. */
export interface Collected {
  subject: Reference
  request: Reference | undefined
  reportKey: readonly string[]
  order: Order
}

/**
 * The specimen an SPM describes (2.5.1, 7.4.3). It is known by its own number with the order's,
 * so that the services of one order meet in it; without one by its place under the report.
 */
export function specimen(
  { spm, notes }: Sampled,
  index: number,
  { subject, request, reportKey, order }: Collected,
  reading: Reading,
  mention: Mention,
): Specimen {
  const [numbers] = spm.repetitions(2)
  const placer = numbers && entityIn(numbers, 1)
  const filler = numbers && entityIn(numbers, 2)
  const number = filler ?? placer
  const { filler: ordered } = orderNumbers(order)
  const key =
    number && ordered
      ? [
          subject.reference ?? "",
          reading.sender,
          ...dated(entityKey(ordered), order, reading),
          entityKey(number),
        ]
      : [...reportKey, number ? entityKey(number) : `${index + 1}`]
  const remarks = each(spm, 14, (line) => {
    const text = line.whole().trim()
    return text === "" ? undefined : { text }
  })
  return {
    resourceType: "Specimen",
    identifier: [
      own(reading, "Specimen", ...key),
      ...(placer ? [entityIdentifier(placer, "PLAC", "placer-specimen", reading)] : []),
      ...(filler ? [entityIdentifier(filler, "FILL", `specimen-${reading.sender}`, reading)] : []),
    ],
    accessionIdentifier: each(spm, 30, (cx) => identifier(cx, "accession", "SPM-30", reading))[0],
    status: availability[spm.text(20) ?? ""],
    type: each(spm, 4, (cwe) =>
      translated(cwe, targetOf(specimenType, cwe.text(1)), "SPM-4", reading),
    )[0],
    subject,
    receivedTime: dateTime(spm.text(18), "SPM-18", reading),
    request: request && [request],
    collection: collection(spm, reading),
    container: [
      {
        type: firstConcept(spm, "SPM-27", reading),
        additiveCodeableConcept: firstConcept(spm, "SPM-6", reading),
      },
    ],
    condition: each(spm, 24, (cwe) =>
      translated(cwe, targetOf(specimenCondition, cwe.text(1)), "SPM-24", reading),
    ),
    note: [...remarks, ...annotations(notes, reading, mention)],
  }
}

/**
 * The specimen of a sender that still writes OBR-15 (SPS, up to 2.5) and no SPM; undefined where
 * it does not say which.
 */
export function orderedSpecimen(
  obr: Segment,
  { subject, request, reportKey }: Collected,
  reading: Reading,
): Specimen | undefined {
  const [source] = obr.repetitions(15)
  if (source === undefined) return undefined
  // SPS-1 is a CWE in subcomponents; up to 2.3 a plain code of table 0070.
  const [code, text, name] = [1, 2, 3].map((part) => source.text(1, part))
  const local = code !== undefined && name === undefined ? "HL70070" : name
  const coding = code && {
    system: codingSystem(local, undefined, "OBR-15", reading),
    code,
    display: text,
  }
  if (!coding && text === undefined) return undefined
  return {
    resourceType: "Specimen",
    identifier: [own(reading, "Specimen", ...reportKey, "OBR-15")],
    type: coding ? { coding: [coding] } : { text },
    subject,
    receivedTime: dateTime(obr.text(14), "OBR-14", reading),
    request: request && [request],
  }
}

/** SPM-17 is a range; its start alone is when the specimen was taken. */
function collection(spm: Segment, reading: Reading): Specimen["collection"] {
  const [taken, until] = [spm.text(17), spm.text(17, 2)]
  const [amount] = spm.repetitions(12)
  const value = decimal(amount?.text(1))
  return {
    collectedDateTime: until === undefined ? dateTime(taken, "SPM-17", reading) : undefined,
    collectedPeriod: until === undefined ? undefined : period(taken, until, "SPM-17", reading),
    quantity: value === undefined ? undefined : { value, unit: amount?.text(2) },
    method: each(spm, 7, (cwe) =>
      translated(cwe, targetOf(specimenCollectionMethod, cwe.text(1)), "SPM-7", reading),
    )[0],
    bodySite: firstConcept(spm, "SPM-8", reading),
  }
}

const availability: Record<string, Specimen["status"]> = { Y: "available", N: "unavailable" }
