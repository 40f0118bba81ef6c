import type { Coverage, CoverageClass, Organization, Reference } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { firstConcept } from "../type/cwe.ts"
import { identifier, patientNumber } from "../type/cx.ts"
import { period } from "../type/dtm.ts"
import { officeAddress } from "../type/xad.ts"
import { officeNumber } from "../type/xtn.ts"

/**
 * An IN1 (2.5.1, 6.5.6) as a Coverage, known by the patient, who pays, and the policy's number or
 * else the plan. Undefined when nobody is named who pays: R4 demands a payor.
 */
export function coverage(
  in1: Segment,
  patient: Reference,
  reading: Reading,
  mention: Mention,
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
  const type = firstConcept(in1, "IN1-15", reading)
  const order = Number(in1.text(1))
  const numbered = { system: siteSystem(reading.site.id, "policy"), value: policy }
  const relationship = relationshipOf(in1.text(17))
  return {
    resourceType: "Coverage",
    identifier: [
      own(reading, "Coverage", patient.reference ?? "", ...key),
      ...(policy === undefined ? [] : [numbered]),
    ],
    // IN1 says since when a plan holds and until when, never that it was cancelled.
    status: "active",
    type,
    subscriber: relationship === "self" ? patient : undefined,
    subscriberId: insured ?? policy,
    beneficiary: patient,
    relationship: {
      coding: relationship
        ? [{ system: `${terminology}/subscriber-relationship`, code: relationship }]
        : [],
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
    (number && patientKey(patientNumber(number), reading.sender)) ?? (name && `name|${name}`)
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

/** IN1-17 (table 0063) as FHIR's shorter list; the guide has no table for it. */
function relationshipOf(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  const relationships: Record<string, string> = {
    SEL: "self",
    SPO: "spouse",
    DOM: "common",
    CHD: "child",
    NCH: "child",
    SCH: "child",
    FCH: "child",
    PAR: "parent",
    MTH: "parent",
    FTH: "parent",
  }
  return Object.hasOwn(relationships, code) ? relationships[code] : "other"
}

const terminology = "http://terminology.hl7.org/CodeSystem"
