import type { Observation } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { own, type Reading } from "../reading.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * A DRG (2.5.1, 6.5.3) as an Observation of the group the visit was put into, one for each visit:
 * R4 has a place for it within a Claim only. Undefined when DRG-1 names none.
 */
export function diagnosisGroup(
  drg: Segment,
  { subject, encounter }: About,
  reading: Reading,
): Observation | undefined {
  const group = firstConcept(drg, "DRG-1", reading)
  if (group === undefined) {
    reading.note("DRG-1: no group is named; it is left out")
    return undefined
  }
  const key = [subject.reference ?? "", encounter?.reference ?? ""]
  return {
    resourceType: "Observation",
    identifier: [own(reading, "Observation", "drg", ...key)],
    status: targetOf(statuses, drg.text(3)) ?? "unknown",
    code: { text: "Diagnosis related group" },
    subject,
    encounter,
    effectiveDateTime: dateTime(drg.text(2), "DRG-2", reading),
    valueCodeableConcept: group,
  }
}

/** DRG-3: whether the group was approved. */
const statuses: Record<string, Observation["status"] | undefined> = { Y: "final", N: "preliminary" }
