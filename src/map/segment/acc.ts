import type { Observation, ObservationComponent } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { own, type Reading } from "../reading.ts"
import { concept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"

/**
 * An ACC (2.5.1, 6.5.9) as an Observation of what happened, known by the patient, the visit and the
 * time: outside of a Claim, R4 has no other place for an accident. Undefined when ACC says nothing
 * of it.
 */
export function accident(
  acc: Segment,
  { subject, encounter }: About,
  reading: Reading,
): Observation | undefined {
  const [type] = acc.repetitions(2)
  const value = type && concept(type, "ACC-2", reading)
  const at = dateTime(acc.text(1), "ACC-1", reading)
  const component: ObservationComponent[] = [
    ...texts(acc, 8, "Description"),
    ...texts(acc, 3, "Location"),
    ...flags(acc, 5, "Job related"),
    ...flags(acc, 6, "Death"),
    ...flags(acc, 10, "Police notified"),
  ]
  if (value === undefined && at === undefined && component.length === 0) return undefined
  return {
    resourceType: "Observation",
    identifier: [
      own(
        reading,
        "Observation",
        "accident",
        subject.reference ?? "",
        encounter?.reference ?? "",
        acc.text(1) ?? "",
      ),
    ],
    // ACC has no word for how sure its sender is.
    status: "unknown",
    code: {
      coding: [{ system: "http://loinc.org", code: "11374-6" }],
      text: "Accident",
    },
    subject,
    encounter,
    effectiveDateTime: at,
    valueCodeableConcept: value,
    component,
  }
}

function texts(acc: Segment, field: 3 | 8, text: string): ObservationComponent[] {
  const valueString = acc.component(field)
  return valueString === undefined ? [] : [{ code: { text }, valueString }]
}

/** A Y or N; what is neither was not known to the sender. */
function flags(acc: Segment, field: 5 | 6 | 10, text: string): ObservationComponent[] {
  const said = acc.text(field)?.toUpperCase()
  return said === "Y" || said === "N" ? [{ code: { text }, valueBoolean: said === "Y" }] : []
}
