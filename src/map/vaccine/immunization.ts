import type { Annotation, Coding, Immunization, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { annotations } from "../segment/nte.ts"
import { numberIdentifiers } from "../segment/orc.ts"
import { actorsOf } from "../segment/prt.ts"
import { amountGiven, manufacturer, placeGiven } from "../segment/rxa.ts"
import { route, site } from "../segment/rxr.ts"
import { absentCode } from "../type/absent.ts"
import { codeKey, concept, firstConcept, translated } from "../type/cwe.ts"
import { date, dateTime } from "../type/dtm.ts"
import { type Entity, entityAt, entityIdentifier } from "../type/ei.ts"
import { statusOf } from "../type/status.ts"
import { practitioner } from "../type/xcn.ts"
import { completionStatus } from "../vocabulary/completion-status.ts"
import { confidentiality } from "../vocabulary/confidentiality.ts"
import { immunizationOrigin } from "../vocabulary/decided-immunization.ts"
import { targetOf } from "../vocabulary/target.ts"
import type { Vaccination } from "./groups.ts"

/** A vaccination that has its RXA. */
export type Administered = Vaccination & { rxa: Segment }

/**
 * The number a vaccination goes by (ORC-3). 9999 is what the CDC's guide has senders write who have
 * none, as for a vaccine that was refused.
 */
export function fillerNumber({ orc }: Pick<Vaccination, "orc">): Entity | undefined {
  const filler = entityAt(orc, 3)
  return filler?.id === "9999" ? undefined : filler
}

/**
 * What an immunization is keyed by: the patient and ORC-3, else when (RXA-3) and what (RXA-5) was
 * given. `shared`: the number stands over several in this message, so that it tells none apart.
 */
export function immunizationKey(
  given: Administered,
  shared: boolean,
  subject: Reference,
  reading: Reading,
): string[] {
  const filler = fillerNumber(given)
  const number = filler && patientKey({ id: filler.id, ...filler.authority }, reading.sender)
  const key = number === undefined ? [] : ["filler", number]
  if (number !== undefined && !shared) return [subject.reference ?? "", ...key]
  const { rxa } = given
  const code = firstConcept(rxa, "RXA-5", reading)
  const what = code ? codeKey(rxa, "RXA-5", code, reading) : ""
  return [subject.reference ?? "", ...key, rxa.text(3) ?? "", what]
}

/** Whether it says that no vaccine was given at all (CVX 998), and not that one was refused. */
export function isOfNoVaccine({ rxa }: Administered): boolean {
  const codes = [
    [1, 3],
    [4, 6],
  ] as const
  const none = codes.some(([code, system]) => {
    const table = rxa.text(5, system)?.toUpperCase() ?? "CVX"
    return rxa.text(5, code) === "998" && (table === "CVX" || table === "HL70292")
  })
  return none && rxa.text(20) !== "RE" && rxa.repetitions(18).length === 0
}

/** Whether it takes back what was told before (RXA-21, table 0323). */
export function isDeleted({ rxa }: Administered): boolean {
  return rxa.text(21) === "D"
}

/** The immunization that an RXA makes (2.5.1, 4.14.7), with its ORC, its RXR and its notes. */
export function immunization(
  given: Administered,
  key: readonly string[],
  { subject, encounter }: About,
  reading: Reading,
  mention: Mention,
): Immunization {
  const { orc, rxa, rxr } = given
  const numbers = { placer: entityAt(orc, 2), filler: fillerNumber(given) }
  const group = entityAt(orc, 4)
  const occurred = dateTime(rxa.text(3), "RXA-3", reading)
  const entered = ["A", undefined].includes(rxa.text(21)) ? rxa.text(22) : undefined
  for (const field of [15, 16, 17]) {
    if (rxa.repetitions(field).length > 1) reading.note(`RXA-${field}: the first of several counts`)
  }
  return {
    resourceType: "Immunization",
    meta: { security: securityOf(orc, reading) },
    identifier: [
      own(reading, "Immunization", ...key),
      ...numberIdentifiers(numbers, reading),
      ...(group ? [entityIdentifier(group, "PGN", "placer", reading)] : []),
    ],
    ...statusOfImmunization(given, reading),
    statusReason: firstConcept(rxa, "RXA-18", reading),
    vaccineCode: firstConcept(rxa, "RXA-5", reading) ?? absentCode,
    patient: subject,
    encounter,
    // R4 demands one of the two.
    ...(occurred ? { occurrenceDateTime: occurred } : { occurrenceString: "unknown" }),
    recorded: dateTime(entered, "RXA-22", reading) ?? dateTime(orc?.text(9), "ORC-9", reading),
    ...sourceOf(rxa, reading),
    location: placeGiven(rxa, reading, mention),
    manufacturer: manufacturer(rxa, reading, mention),
    lotNumber: rxa.component(15),
    expirationDate: date(rxa.text(16), "RXA-16", reading),
    site: site(rxr, reading),
    route: route(rxr, reading),
    doseQuantity: amountGiven(rxa, reading),
    performer: [
      ...performers(rxa, 10, "AP", "Administering Provider", reading, mention),
      ...performers(orc, 12, "OP", "Ordering Provider", reading, mention),
      ...actorsOf(given.participations, reading, mention),
    ],
    note: [...remarks(rxa), ...annotations(given.notes, reading, mention)],
    reasonCode: each(rxa, 19, (cwe) => concept(cwe, "RXA-19", reading)),
    ...partial(rxa),
  }
}

/**
 * RXA-21 and RXA-20. Without RXA-20 a vaccine was given (the guide), but not where a reason is told
 * why it was refused (RXA-18): a child who was not vaccinated must not seem so. A code of no table
 * leaves what the segment itself says, that it was given; the code is kept beside.
 */
function statusOfImmunization(
  { rxa }: Administered,
  reading: Reading,
): Pick<Immunization, "status" | "_status"> {
  const code = rxa.text(20)
  const refused = rxa.repetitions(18).length > 0
  const usual = refused ? "not-done" : "completed"
  if (rxa.text(21) === "D") return { status: "entered-in-error" }
  if (code === undefined) {
    if (refused) reading.note("RXA-20: left out beside a reason for refusal; written as not done")
    return { status: usual }
  }
  const from = { field: "RXA-20", table: "0322", plain: "CP" }
  const { status, _status } = statusOf(completionStatus, code, from, reading)
  if (refused && status === "completed") {
    reading.note("RXA-18: a reason for refusal beside a vaccine that RXA-20 says was given")
  }
  return { status: status === "unknown" ? usual : status, _status }
}

/** How confidential the order is (ORC-28, table 0177). */
function securityOf(orc: Segment | undefined, reading: Reading): Coding[] {
  if (orc === undefined) return []
  return each(orc, 28, (cwe) => {
    const target = targetOf(confidentiality, cwe.text(1))
    if (target) return target
    reading.note("ORC-28: its code is not of table 0177")
    return concept(cwe, "ORC-28", reading)?.coding?.[0]
  })
}

/** Only a part of the dose went in: the patient may not be protected by it. */
function partial(rxa: Segment): Pick<Immunization, "isSubpotent" | "subpotentReason"> {
  if (rxa.text(20) !== "PA") return {}
  const system = "http://terminology.hl7.org/CodeSystem/immunization-subpotent-reason"
  const coding = [{ system, code: "partial", display: "Partial Dose" }]
  return { isSubpotent: true, subpotentReason: [{ coding }] }
}

/** RXA-9: a new record of who gave it, or a history, and from where. */
function sourceOf(
  rxa: Segment,
  reading: Reading,
): Pick<Immunization, "primarySource" | "reportOrigin"> {
  const origin = rxa.repetitions(9).find(isOrigin)
  const code = origin?.text(1)
  if (origin === undefined) return {}
  if (code === "00") return { primarySource: true }
  const target = targetOf(immunizationOrigin, code)
  const reportOrigin = translated(origin, target, "RXA-9", reading)
  return { primarySource: false, reportOrigin }
}

type Field = ReturnType<Segment["repetitions"]>[number]

function isOrigin(cwe: Field): boolean {
  return cwe.text(3)?.toUpperCase() === "NIP001" && /^0[0-8]$/.test(cwe.text(1) ?? "")
}

/** What else stands in RXA-9 are words for people. */
function remarks(rxa: Segment): Annotation[] {
  return each(rxa, 9, (cwe) => {
    const text = cwe.component(9) ?? cwe.component(2) ?? cwe.component(1)
    return isOrigin(cwe) || text === undefined ? undefined : { text }
  })
}

function performers(
  segment: Segment | undefined,
  field: number,
  code: string,
  display: string,
  reading: Reading,
  mention: Mention,
): NonNullable<Immunization["performer"]> {
  if (segment === undefined) return []
  const system = "http://terminology.hl7.org/CodeSystem/v2-0443"
  return each(segment, field, (xcn) => {
    const actor = practitioner(xcn, reading, mention)
    return actor && { function: { coding: [{ system, code, display }] }, actor }
  })
}
