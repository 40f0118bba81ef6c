import type { CodeableConcept, Location, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codingSystem } from "./coding.ts"
import { codeText } from "./cwe.ts"

/**
 * Where somebody was discharged to (DLD, 2.5.1, 2A.20) as a reference to a Location, which is
 * mentioned: within the site a name is one place. Its code (table 0113, since 2.6 a CWE in
 * subcomponents) says what kind of place it is.
 */
export function dischargedTo(
  dld: Repetition,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const name = dld.text(1, 2) ?? dld.text(1)
  if (name === undefined) return undefined
  const resource: Location = {
    resourceType: "Location",
    identifier: [own(reading, "Location", "discharged to", dld.text(1) ?? name)],
    name,
    mode: "instance",
    type: [kindOf(dld, name, reading)],
  }
  return { ...mention(resource), display: name }
}

function kindOf(dld: Repetition, name: string, reading: Reading): CodeableConcept {
  const code = codeText(dld.text(1))
  if (code === undefined) return { text: name }
  const system = codingSystem(dld.text(1, 3), undefined, "0113", reading)
  return { coding: [{ system, code, display: dld.text(1, 2) }] }
}
