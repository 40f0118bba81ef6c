import type { CodeableConcept, Extension, Identifier } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { identifierType } from "../vocabulary/identifier-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { period } from "./dtm.ts"
import { stringExtension } from "./extension.ts"
import { type Designator, designatorIn, isEmpty, systemOf } from "./hd.ts"

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
  const territory = territoryOf(cx)
  return {
    extension: checkDigit(cx.text(2), cx.text(3)),
    type: identifierTypeOf(cx.text(5)),
    system: systemOf(isEmpty(authority) ? territory : authority, local, reading),
    value,
    period: period(cx.text(7), cx.text(8), where, reading),
    assigner: assignerOf(authority.namespace || cx.text(9, 2) || cx.text(10, 2) || cx.text(6)),
  }
}

/**
 * A number without an assigning authority may be one of a jurisdiction or an agency (CX-9, CX-10):
 * a driving licence of Kenya and one of Uganda are not of one system.
 */
function territoryOf(cx: Repetition): Designator {
  const namespace = cx.text(9) ?? cx.text(10) ?? ""
  return { namespace, universalId: "", universalIdType: "" }
}

/** The check digit of a number and its scheme, as the guide writes them. */
export function checkDigit(digit: string | undefined, scheme: string | undefined): Extension[] {
  return [
    ...stringExtension("identifier-checkDigit", digit),
    ...stringExtension("namingsystem-checkDigit", scheme),
  ]
}

/** Who assigned a number, by name only. */
export function assignerOf(display: string | undefined): Identifier["assigner"] {
  return display ? { display } : undefined
}

/** An identifier type of table 0203; a code that is not in it is kept as text. */
export function identifierTypeOf(code: string | undefined): CodeableConcept | undefined {
  if (code === undefined) return undefined
  const target = targetOf(identifierType, code)
  return target ? { coding: [target] } : { text: code }
}
