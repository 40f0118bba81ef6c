import type { CodeableConcept } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { concept } from "./cwe.ts"

/**
 * A language as a CodeableConcept. R4 wants BCP 47, v2 senders send ISO 639 (table 0296): a code
 * of two or three letters is both, and `eng` is `en`; a country may stand behind it.
 */
export function language(cwe: Repetition, reading: Reading): CodeableConcept | undefined {
  const code = cwe.text(1)
  if (code === undefined || !/^[a-z]{2,3}([-_][a-z]{2})?$/i.test(code))
    return concept(cwe, "PID-15", reading)
  const [tag] = Intl.getCanonicalLocales(code.replace("_", "-"))
  return { coding: [{ system: "urn:ietf:bcp:47", code: tag, display: cwe.text(2) }] }
}
