import type { CodeableConcept, Identifier } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { PatientNumber } from "../../hl7/subject.ts"
import type { Reading } from "../reading.ts"
import { identifierType } from "../vocabulary/identifier-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { period } from "./dtm.ts"
import { designatorIn, systemOf } from "./hd.ts"

/**
 * An extended composite ID (2.5.1, 2A.14) as an Identifier; undefined without a number. `local`
 * names the system, within the site, of numbers whose assigner is not told; `where` is the field.
 */
export function identifier(
  cx: Repetition,
  local: string,
  where: string,
  reading: Reading,
): Identifier | undefined {
  const value = cx.text(1)
  if (value === undefined) return undefined
  const authority = designatorIn(cx, 4)
  return {
    type: identifierTypeOf(cx.text(5)),
    system: systemOf(authority, local, reading),
    value,
    period: period(cx.text(7), cx.text(8), where, reading),
    assigner: authority.namespace === "" ? undefined : { display: authority.namespace },
  }
}

/** What a patient is keyed by, out of a CX. */
export function patientNumber(cx: Repetition): PatientNumber {
  return { id: cx.text(1) ?? "", ...designatorIn(cx, 4) }
}

/** An identifier type of table 0203; a code that is not in it is kept as text. */
export function identifierTypeOf(code: string | undefined): CodeableConcept | undefined {
  if (code === undefined) return undefined
  const target = targetOf(identifierType, code)
  return target ? { coding: [target] } : { text: code }
}
