import type { AllergyIntolerance, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { alternateCode } from "../type/alternate.ts"
import { codeKey, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { allergenCategory } from "../vocabulary/allergen-category.ts"
import { allergyCriticality } from "../vocabulary/allergy-criticality.ts"
import { allergyReactionSeverity } from "../vocabulary/allergy-reaction-severity.ts"
import { allergyType } from "../vocabulary/allergy-type.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * An AL1 (2.5.1, 3.4.6) as an AllergyIntolerance, known by the patient and what they are allergic
 * to: AL1 has no number of its own. Undefined when AL1-3 names nothing.
 */
export function allergy(
  al1: Segment,
  patient: Reference,
  reading: Reading,
): AllergyIntolerance | undefined {
  const code = firstConcept(al1, "AL1-3", reading)
  if (code === undefined) {
    reading.note("AL1-3: no allergen is named; the allergy is left out")
    return undefined
  }
  const manifestation = each(al1, 5, (st) => {
    const text = st.component(1)
    return text === undefined ? undefined : { text }
  })
  const severity = targetOf(allergyReactionSeverity, al1.text(4))?.code
  // AL1-4 is the reaction's severity where a reaction is told, as R4 can't have one without; alone
  // it says how grave the allergy is.
  const reacted = manifestation.length > 0
  return {
    resourceType: "AllergyIntolerance",
    identifier: [
      own(
        reading,
        "AllergyIntolerance",
        patient.reference ?? "",
        codeKey(al1, "AL1-3", code, reading),
      ),
    ],
    clinicalStatus: { coding: [{ system: clinicalStatus, code: "active", display: "Active" }] },
    type: targetOf(allergyType, al1.text(2))?.code,
    ...categoryOf(al1.text(2)),
    ...(reacted ? {} : criticalityOf(al1.text(4))),
    code,
    patient,
    onsetDateTime: dateTime(al1.text(6), "AL1-6", reading),
    reaction: reacted ? [{ manifestation, severity }] : undefined,
  }
}

/**
 * The allergies of a message, each once. Senders write one AL1 for each reaction to an allergen, of
 * which none may be lost in another: the later segment counts, with the reactions of all, and the
 * gravest criticality. One that is withdrawn and told again stands.
 */
export function together(all: readonly (AllergyIntolerance | undefined)[]): AllergyIntolerance[] {
  const named = all.filter((one) => one !== undefined)
  const groups = Map.groupBy(named, ({ identifier }) => identifier?.[0]?.value)
  return [...groups.values()].flatMap((group) => {
    const standing = group.filter((one) => one.verificationStatus?.coding?.[0]?.code !== withdrawn)
    let one: AllergyIntolerance | undefined
    for (const next of standing.length > 0 ? standing : group.slice(-1)) {
      one = one ? { ...one, ...next, ...gravestOf(one, next) } : next
    }
    return one ?? []
  })
}

function gravestOf(
  { reaction: before = [], criticality }: AllergyIntolerance,
  { reaction: more = [], ...other }: AllergyIntolerance,
): Partial<AllergyIntolerance> {
  const further = more.filter((one) => !before.some((each) => Bun.deepEquals(each, one)))
  const grave = criticality === "high" || other.criticality === undefined
  return { reaction: [...before, ...further], criticality: grave ? criticality : other.criticality }
}

const withdrawn = "entered-in-error"

/**
 * The kind of allergen (table 0127), and the code beside it where FHIR's four say less. Where they
 * say nothing it stands beside the type: of a list with no value in it other programs make nothing.
 */
export function categoryOf(
  code: string | undefined,
): Pick<AllergyIntolerance, "category" | "_category" | "_type"> {
  if (code === undefined) return {}
  const category = targetOf(allergenCategory, code)?.code
  if (category === undefined) return { _type: alternateCode(code, "0127") }
  const said = code === "DA" || code === "FA"
  return { category: [category], _category: said ? undefined : [alternateCode(code, "0127")] }
}

/** How grave the allergy is (table 0128), and the code beside it where FHIR has no word for it. */
export function criticalityOf(
  code: string | undefined,
): Pick<AllergyIntolerance, "criticality" | "_criticality"> {
  if (code === undefined || code === "U") return {}
  const criticality = targetOf(allergyCriticality, code)?.code
  return { criticality, _criticality: criticality ? undefined : alternateCode(code, "0128") }
}

const clinicalStatus = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
