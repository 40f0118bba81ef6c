import type { CodeableConcept } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import type { Reading } from "../reading.ts"
import { alternateConcept } from "./alternate.ts"
import { firstConcept } from "./cwe.ts"

/**
 * A coded field of a table that HL7 leaves to its users, where FHIR has a required one: one of
 * FHIR's codes where the sender's code or its text is that very word ("Resolved", "ON HOLD"), with
 * what the sender says kept on it. Undefined, with a note, where it is none of them.
 */
export function worded(
  segment: Segment,
  field: CodedField,
  { system, codes }: Words,
  reading: Reading,
): CodeableConcept | undefined {
  const said = firstConcept(segment, field, reading)
  if (said === undefined) return undefined
  const { coding = [], text } = said
  const words = [...coding.flatMap(({ code, display }) => [code, display]), text].map((word) =>
    word?.toLowerCase().replaceAll(/[\s_]+/g, "-"),
  )
  const code = codes.find((one) => words.includes(one))
  if (code === undefined) {
    reading.note(`${field}: what it says is none of the codes that FHIR has there`)
    return undefined
  }
  const other = coding.some((each) => each.system !== system)
  return { coding: [{ system, code, ...(other ? alternateConcept(said) : {}) }], text }
}

/** A code system of FHIR whose codes are plain words. */
export interface Words {
  system: string
  codes: readonly string[]
}
