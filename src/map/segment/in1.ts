import type {
  Coverage,
  CoverageClass,
  Extension,
  Organization,
  Reference,
  RelatedPerson,
} from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { patientKey, patientNumberIn } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { firstConcept, translated } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { date, period } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
import { address, officeAddress } from "../type/xad.ts"
import { personName } from "../type/xpn.ts"
import { contactPoint, officeNumber } from "../type/xtn.ts"
import { relationship } from "../vocabulary/relationship.ts"
import { targetOf } from "../vocabulary/target.ts"
import { insuredNumbers, memberNumbers } from "./in2.ts"

/** What a message says of an insurance besides its IN1: the IN2 under that, and the visit's PV1. */
interface Beside {
  in2?: Segment | undefined
  pv1?: Segment | undefined
}

/**
 * An IN1 (2.5.1, 6.5.6) as a Coverage, known by the patient, who pays, and the policy's number or
 * else the plan. Undefined when nobody is named who pays: R4 demands a payor.
 */
export function coverage(
  in1: Segment,
  patient: Reference,
  reading: Reading,
  mention: Mention,
  { in2, pv1 }: Beside = {},
): Coverage | undefined {
  const payor = payorOf(in1, reading, mention)
  if (payor === undefined) {
    reading.note("IN1: neither a company nor a plan is named; the coverage is left out")
    return undefined
  }
  const policy = in1.text(36)
  const insured = in1.text(49)
  const key = [
    payor.reference ?? payor.display ?? "",
    policy ?? `${insured ?? ""}|${in1.text(2) ?? ""}`,
  ]
  // PV1-20 is the class of the visit as a whole, where the plan itself does not say what it is.
  const type = firstConcept(in1, "IN1-15", reading) ?? (pv1 && firstConcept(pv1, "PV1-20", reading))
  const order = Number(in1.text(22) ?? in1.text(1))
  const numbered = { system: siteSystem(reading.site.id, "policy"), value: policy }
  const related = relationshipOf(in1.text(17), in2?.text(72))
  return {
    resourceType: "Coverage",
    identifier: [
      own(reading, "Coverage", patient.reference ?? "", ...key),
      ...(policy === undefined ? [] : [numbered]),
      ...memberNumbers(in2, reading),
    ],
    // IN1 says since when a plan holds and until when, never that it was cancelled.
    status: "active",
    extension: subscriberNumbers(in1, reading),
    type,
    policyHolder: employer(in1, reading, mention),
    subscriber: related === "self" ? patient : subscriber(in1, in2, patient, reading, mention),
    subscriberId: insured ?? subscriberNumber(in1) ?? policy,
    beneficiary: patient,
    relationship: {
      coding: related ? [{ system: `${terminology}/subscriber-relationship`, code: related }] : [],
    },
    period: period(in1.text(12), in1.text(13), "IN1-12", reading),
    payor: [payor],
    class: classesOf(in1),
    order: Number.isInteger(order) && order > 0 ? order : undefined,
  }
}

/** The company by its number (IN1-3), else by its name (IN1-4), else the plan's name alone. */
function payorOf(in1: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const [number] = in1.repetitions(3)
  const name = in1.component(4)
  const plan = in1.text(2, 2) ?? in1.text(2)
  const key =
    (number && patientKey(patientNumberIn(number), reading.sender)) ?? (name && `name|${name}`)
  if (!key) return plan === undefined ? undefined : { display: plan }
  const numbers = each(in1, 3, (cx) => identifier(cx, reading.sender, "IN1-3", reading))
  const resource: Organization = {
    resourceType: "Organization",
    identifier: [own(reading, "Organization", key), ...numbers],
    name: name ?? plan,
    telecom: each(in1, 7, (xtn) => officeNumber(xtn, "IN1-7", reading)),
    address: each(in1, 5, (xad) => officeAddress(xad, "IN1-5", reading)),
  }
  return { ...mention(resource), display: name }
}

/** The group (IN1-8, IN1-9) and the plan (IN1-2) a patient is insured under. */
function classesOf(in1: Segment): CoverageClass[] {
  const classes = [
    { code: "group", value: in1.text(8), name: in1.text(9) },
    { code: "plan", value: in1.text(2), name: in1.text(2, 2) },
  ]
  return classes.flatMap(({ code, value, name }) =>
    value === undefined
      ? []
      : [{ type: { coding: [{ system: `${terminology}/coverage-class`, code }] }, value, name }],
  )
}

/** The insured person, where that is not the patient: IN1-16 with what else IN1 and IN2 say. */
function subscriber(
  in1: Segment,
  in2: Segment | undefined,
  patient: Reference,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const names = each(in1, 16, (xpn) => personName(xpn, "IN1-16", reading))
  const identity = relatedIdentity(names[0], undefined, patient, reading)
  if (identity === undefined) return undefined
  const person: RelatedPerson = {
    resourceType: "RelatedPerson",
    identifier: [identity, ...insuredNumbers(in2, reading)],
    patient,
    relationship: each(in1, 17, (cwe) =>
      translated(cwe, targetOf(relationship, cwe.text(1)), "IN1-17", reading),
    ),
    name: names,
    telecom: in2 && each(in2, 63, (xtn) => contactPoint(xtn, "home", "IN2-63", reading)),
    gender: in1.text(43) === undefined ? undefined : gender(in1, 43, reading),
    birthDate: date(in1.text(18), "IN1-18", reading),
    address: each(in1, 19, (xad) => address(xad, "IN1-19", reading)),
  }
  return mention(person)
}

/** IN1-10 where it is a subscriber number, as the guide has it, not the employer's. */
function subscriberNumber(in1: Segment): string | undefined {
  return in1.repetitions(10).find(isSubscribers)?.text(1)
}

/** What R4's subscriberId, a string, does not tell: whose number it is. */
function subscriberNumbers(in1: Segment, reading: Reading): Extension[] {
  const insured = each(in1, 49, (cx) => identifier(cx, "member", "IN1-49", reading))
  const others = in1
    .repetitions(10)
    .filter(isSubscribers)
    .map((cx) => identifier(cx, "member", "IN1-10", reading))
  return [...insured, ...others]
    .filter((number) => number !== undefined)
    .map((valueIdentifier) => ({ url: subscriberId, valueIdentifier }))
}

function isSubscribers(cx: Repetition): boolean {
  return cx.text(5) === "SN"
}

/** The employer (IN1-11) through whom a group is insured, and the numbers it goes by (IN1-10). */
function employer(in1: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const name = in1.component(11)
  const given = in1.repetitions(10).filter((cx) => !isSubscribers(cx))
  const [number] = given
  const key =
    (number && patientKey(patientNumberIn(number), reading.sender)) ?? (name && `name|${name}`)
  if (!key) return undefined
  const numbers = given
    .map((cx) => identifier(cx, reading.sender, "IN1-10", reading))
    .filter((each) => each !== undefined)
  const resource: Organization = {
    resourceType: "Organization",
    identifier: [own(reading, "Organization", key), ...numbers],
    name,
  }
  return { ...mention(resource), display: name }
}

/**
 * What the patient is to the insured. IN2-72 says just that; IN1-17 (table 0063) says what the
 * insured is to the patient, which is turned around: the insured parent's patient is a child.
 */
function relationshipOf(
  insured: string | undefined,
  patient: string | undefined,
): string | undefined {
  if (patient !== undefined) return targetOf(toInsured, patient) ?? "other"
  if (insured === undefined) return undefined
  const turned = { child: "parent", parent: "child" } as const
  const related = targetOf(toInsured, insured) ?? "other"
  return targetOf(turned, related) ?? related
}

/** Table 0063, and what senders put into IN2-72 of table 0344, as FHIR's shorter list. */
const toInsured = {
  SEL: "self",
  "01": "self",
  SPO: "spouse",
  "02": "spouse",
  DOM: "common",
  CHD: "child",
  NCH: "child",
  SCH: "child",
  FCH: "child",
  "03": "child",
  "04": "child",
  "05": "child",
  PAR: "parent",
  MTH: "parent",
  FTH: "parent",
  "18": "parent",
} as const

const terminology = "http://terminology.hl7.org/CodeSystem"
/** R5's Coverage.subscriberId, which is an Identifier, by the name that the guide gives it. */
const subscriberId = "http://hl7.org/fhir/5.0/StructureDefinition/extension-subscriberId"
