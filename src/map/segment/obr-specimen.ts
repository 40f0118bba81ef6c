import type { CodeableConcept, Reference, Specimen } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { codingSystem, knownSystem } from "../type/coding.ts"
import { compositeQuantity } from "../type/cq.ts"
import { concept } from "../type/cwe.ts"
import { dateTime, period } from "../type/dtm.ts"
import { practitioner } from "../type/xcn.ts"
import { specimenCondition } from "../vocabulary/specimen-condition.ts"
import { targetOf } from "../vocabulary/target.ts"
import { personsOf, rolesOf } from "./prt.ts"
import type { Keyed } from "./spm.ts"

/**
 * The specimen of a sender that still writes OBR-15 (SPS, up to 2.5) and no SPM; undefined where
 * it does not say which. OBR-7 is then when it was taken (2.5.1, 7.4.1.7).
 */
export function orderedSpecimen(
  obr: Segment,
  { subject, requests, reportKey, order }: Keyed,
  reading: Reading,
  mention: Mention,
): Specimen | undefined {
  const [source] = obr.repetitions(15)
  if (source === undefined) return undefined
  const type = sourceType(source, reading)
  if (type === undefined) return undefined
  const [volume] = obr.repetitions(9)
  const remarks = [
    source.component(3),
    ...obr.repetitions(39).map((cwe) => cwe.text(2) ?? cwe.text(9)),
  ]
  const until = obr.text(8)
  const [taken] = obr.repetitions(7)
  return {
    resourceType: "Specimen",
    identifier: [own(reading, "Specimen", ...reportKey, "OBR-15")],
    type,
    subject,
    receivedTime: dateTime(obr.text(14), "OBR-14", reading),
    request: requests,
    collection: {
      collector: collector(order, reading, mention),
      collectedDateTime: until ? undefined : dateTime(taken?.text(), "OBR-7", reading),
      collectedPeriod: until ? period(taken?.text(), until, "OBR-8", reading) : undefined,
      quantity: volume && compositeQuantity(volume, undefined, reading),
      bodySite: sourceConcept(source, 4, reading),
      ...fasting(obr, reading),
    },
    container: [{ additiveCodeableConcept: sourceConcept(source, 2, reading) }],
    condition: conditionOf(source, reading),
    note: remarks.flatMap((text) => (text === undefined ? [] : { text })),
  }
}

/** SPS-1 is a CWE in subcomponents; up to 2.3 a plain code of table 0070. */
function sourceType(source: Repetition, reading: Reading): CodeableConcept | undefined {
  const isPlain = source.text(1, 3) === undefined
  return sourceConcept(source, 1, reading, isPlain ? "HL70070" : undefined)
}

function sourceConcept(
  source: Repetition,
  component: number,
  reading: Reading,
  table?: string,
): CodeableConcept | undefined {
  const [code, text, name] = [1, 2, 3].map((part) => source.text(component, part))
  const local = code === undefined ? name : (name ?? table)
  if (code === undefined) return text === undefined ? undefined : { text }
  return {
    coding: [{ system: codingSystem(local, undefined, "OBR-15", reading), code, display: text }],
  }
}

/** OBR-13 in the codes of table 0916: whether the patient had eaten when it was taken. */
export function fasting(
  obr: Segment | undefined,
  reading: Reading,
): Pick<NonNullable<Specimen["collection"]>, "fastingStatusCodeableConcept"> {
  if (obr === undefined || obr.raw(13) === "") return {}
  const [status] = each(obr, 13, (cwe) =>
    knownSystem(cwe.text(3)) === fastingStatus ? concept(cwe, "OBR-13", reading) : undefined,
  )
  return { fastingStatusCodeableConcept: status }
}

/** OBR-10; or the specimen's collector among the PRT. */
export function collector(
  order: Order | undefined,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  if (order === undefined) return undefined
  const [collected] = order.obr?.repetitions(10) ?? []
  // In R4 no organization collects.
  const participants = order.participants.filter((prt) => prt.repetitions(5).length > 0)
  const [role] = collected ? [] : rolesOf({ participants }, "collector", reading, mention)
  if (role !== undefined) return role
  const xcn = collected ?? personsOf(order, "collector")[0]
  return xcn && practitioner(xcn, reading, mention)
}

/**
 * SPS-6 on the state of the specimen: 2.5.1 names F (frozen) and R (refrigerated) alone, which are
 * FROZ and COOL of table 0493, and others write the codes of that table.
 */
function conditionOf(source: Repetition, reading: Reading): CodeableConcept[] {
  const said = sourceConcept(source, 6, reading)
  if (said === undefined) return []
  const code = source.text(6)
  const target = targetOf(specimenCondition, code === "F" ? "FROZ" : code === "R" ? "COOL" : code)
  if (!target) return [said]
  return [{ coding: [{ ...target }, ...(code === target.code ? [] : (said.coding ?? []))] }]
}

const fastingStatus = "http://terminology.hl7.org/CodeSystem/v2-0916"
