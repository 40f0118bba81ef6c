import type { AllergyIntolerance, CodeableConcept, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { alternateCode } from "../type/alternate.ts"
import { codingSystem } from "../type/coding.ts"
import { codeKey, concept, firstConcept, translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { entityAt, entityIdentifier, entityKey } from "../type/ei.ts"
import { personName } from "../type/xpn.ts"
import { allergyReactionSeverity } from "../vocabulary/allergy-reaction-severity.ts"
import { allergyType } from "../vocabulary/allergy-type.ts"
import { relationship } from "../vocabulary/relationship.ts"
import { targetOf } from "../vocabulary/target.ts"
import { categoryOf, criticalityOf } from "./al1.ts"

/**
 * An IAM (2.5.1, 3.4.7) as an AllergyIntolerance, known by its number (IAM-7), else by the patient
 * and what they are allergic to, as an AL1's is. One that is deleted (IAM-6 `D`) was an error.
 * Undefined when neither IAM-3 nor IAM-27 names anything.
 */
export function adverseReaction(
  iam: Segment,
  patient: Reference,
  reading: Reading,
  mention: Mention,
): AllergyIntolerance | undefined {
  const field = firstConcept(iam, "IAM-3", reading) ? "IAM-3" : "IAM-27"
  const code = allergen(iam, reading)
  if (code === undefined) {
    reading.note("IAM-3: no allergen is named; the allergy is left out")
    return undefined
  }
  const number = entityAt(iam, 7)
  const key = number ? `number|${entityKey(number)}` : codeKey(iam, field, code, reading)
  const type = targetOf(allergyType, iam.text(2))?.code
  const manifestation = each(iam, 5, (cwe) => manifestationOf(cwe, reading))
  const severity = targetOf(allergyReactionSeverity, iam.text(4))?.code
  const onsetDateTime = dateTime(iam.text(11), "IAM-11", reading)
  const reacted = manifestation.length > 0
  return {
    resourceType: "AllergyIntolerance",
    identifier: [
      own(reading, "AllergyIntolerance", patient.reference ?? "", key),
      ...(number ? [entityIdentifier(number, undefined, "allergy", reading)] : []),
    ],
    ...statusesOf(iam, reading),
    type,
    ...categoryOf(iam.text(2)),
    // IAM-4 is of the reaction where one is told; alone it says how grave the allergy is.
    ...(reacted ? {} : criticalityOf(iam.text(4))),
    code,
    patient,
    onsetDateTime,
    onsetString: onsetDateTime === undefined ? iam.component(12) : undefined,
    recordedDate: dateTime(iam.text(13), "IAM-13", reading),
    ...reporter(iam, patient, reading, mention),
    reaction: reacted ? [{ manifestation, severity }] : undefined,
  }
}

/** IAM-5 is a text (ST) as well, of which a code map may still say what it is. */
function manifestationOf(cwe: Repetition, reading: Reading): CodeableConcept | undefined {
  const said = concept(cwe, "IAM-5", reading)
  if ([2, 3, 4, 5].some((part) => cwe.text(part) !== undefined)) return said
  const local = codingSystem(undefined, undefined, "IAM-5", reading)
  const coding = said?.coding?.filter(({ system }) => system !== local)
  return said && { coding, text: said.text ?? cwe.component(1) }
}

/** IAM-3, and the code a clinician gave it (IAM-27) beside. */
function allergen(iam: Segment, reading: Reading): CodeableConcept | undefined {
  const named = firstConcept(iam, "IAM-3", reading)
  const identified = firstConcept(iam, "IAM-27", reading)
  if (named === undefined || identified === undefined) return named ?? identified
  const coding = [...(named.coding ?? []), ...(identified.coding ?? [])]
  return { coding, text: named.text ?? identified.text }
}

/** IAM-6 (table 0323) and IAM-17 (table 0438); by ait-2 an error has no clinical status. */
function statusesOf(iam: Segment, reading: Reading) {
  const verification = (code: string) => ({
    coding: [{ system: `${terminology}/allergyintolerance-verification`, code }],
  })
  if (iam.text(6) === "D" || iam.text(17) === "E") {
    return { verificationStatus: verification("entered-in-error") }
  }
  const given = iam.text(17)
  const found =
    given !== undefined && Object.hasOwn(standings, given) ? standings[given] : undefined
  if (given !== undefined && found === undefined) {
    reading.note("IAM-17: a code that is not in table 0438")
  }
  const code = found?.clinical ?? "active"
  return {
    clinicalStatus: {
      ...(given === undefined ? {} : alternateCode(given, "0438")),
      coding: [{ system: `${terminology}/allergyintolerance-clinical`, code }],
    },
    verificationStatus: found && verification(found.verification),
  }
}

/** Table 0438: how sure the allergy is; of these only I says that it is over. */
const standings: Record<string, { clinical: "active" | "inactive"; verification: string }> = {
  C: { clinical: "active", verification: "confirmed" },
  D: { clinical: "active", verification: "unconfirmed" },
  I: { clinical: "inactive", verification: "confirmed" },
  P: { clinical: "active", verification: "unconfirmed" },
  S: { clinical: "active", verification: "unconfirmed" },
  U: { clinical: "active", verification: "unconfirmed" },
}

/** IAM-14, the patient where IAM-15 says so, a relative where it names another relation. */
function reporter(iam: Segment, patient: Reference, reading: Reading, mention: Mention) {
  const [relation] = each(iam, 15, (cwe) =>
    translated(cwe, targetOf(relationship, cwe.text(1)), "IAM-15", reading),
  )
  if (iam.text(15) === "SEL") return { recorder: patient }
  const [name] = each(iam, 14, (xpn) => personName(xpn, "IAM-14", reading))
  if (name === undefined) return {}
  if (relation === undefined) {
    const display = [...(name.given ?? []), name.family].filter(Boolean).join(" ")
    return { recorder: { display: display || name.text } }
  }
  const identity = relatedIdentity(name, undefined, patient, reading)
  return {
    recorder: mention({
      resourceType: "RelatedPerson",
      identifier: identity && [identity],
      patient,
      relationship: [relation],
      name: [name],
    }),
  }
}

const terminology = "http://terminology.hl7.org/CodeSystem"
