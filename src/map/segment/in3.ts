import type { CareTeam } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { own, type Reading } from "../reading.ts"

/**
 * An IN3 (2.5.1, 6.5.8) as the CareTeam of its case manager (IN3-21), known by the patient, the
 * visit and its order; undefined without one. R4 keeps a certification, which the rest of IN3 is
 * about, within a Claim, and nobody claims anything here.
 */
export function caseManagement(
  in3: Segment,
  { subject, encounter }: About,
  reading: Reading,
): CareTeam | undefined {
  if (in3.text(2) !== undefined) {
    reading.note("IN3-2: R4 keeps a certification within a claim; it is left out")
  }
  const name = in3.component(21)
  if (name === undefined) return undefined
  const key = [subject.reference ?? "", encounter?.reference ?? "", in3.text(1) ?? ""]
  const role = { coding: [{ system: "http://snomed.info/sct", code: "768832004" }] }
  return {
    resourceType: "CareTeam",
    identifier: [own(reading, "CareTeam", ...key)],
    subject,
    encounter,
    participant: [{ role: [{ ...role, text: "case manager" }], member: { display: name } }],
  }
}
