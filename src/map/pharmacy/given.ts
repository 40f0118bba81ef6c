import type { Annotation, CodeableConcept, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { concept, numberOf } from "../type/cwe.ts"
import type { OrderKey } from "./key.ts"
import { type DrugFields, medication } from "./medication.ts"
import type { Prepared } from "./order.ts"
import { noteUnplaced } from "./unplaced.ts"

/** What a dispense or an administration belongs to. */
export interface Prescribed extends About {
  /** The prescription: of this message, or by its identifier. */
  request: Reference | undefined
  known: OrderKey
  observed: Reference[]
}

/** What a dispense and an administration begin with: the drug, and for whom and in which visit. */
export function given(
  prepared: Prepared,
  fields: { drug: DrugFields; unplaced: readonly number[] },
  { subject, encounter, observed }: Prescribed,
  reading: Reading,
  mention: Mention,
) {
  const drug = drugGiven(prepared, fields.drug, reading, mention)
  noteUnplaced(prepared.segment, fields.unplaced, reading)
  return { ...drug, subject, context: encounter, supportingInformation: observed }
}

/** R4 requires a drug everywhere: where none is named it says so, and a note does. */
export function drugGiven(
  { segment, components }: Prepared,
  fields: DrugFields,
  reading: Reading,
  mention: Mention,
): { medicationReference: Reference } | { medicationCodeableConcept: CodeableConcept } {
  const drug = medication(segment, fields, components, reading, mention)
  if (drug !== undefined) return { medicationReference: drug }
  reading.note(`${fields.code}: no drug is named`)
  return { medicationCodeableConcept: absentCode }
}

/** What a coded field says in words. */
export function remarks(segment: Segment, field: CodedField, reading: Reading): Annotation[] {
  return each(segment, numberOf(field), (cwe) => {
    const said = concept(cwe, field, reading)
    const text = said?.text ?? said?.coding?.[0]?.display ?? said?.coding?.[0]?.code
    return text === undefined ? undefined : { text }
  })
}
