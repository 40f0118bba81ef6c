import type { Identifier } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { practitionerIdType } from "../vocabulary/practitioner-id-type.ts"
import { targetOf } from "../vocabulary/target.ts"
import { period } from "./dtm.ts"

/**
 * A practitioner's licence or other number (PLN, 2.5.1, 2A.55) as an Identifier, of the state it
 * is valid in; undefined without a number.
 */
export function practitionerNumber(
  pln: Repetition,
  where: string,
  reading: Reading,
): Identifier | undefined {
  const value = pln.text(1)
  if (value === undefined) return undefined
  const [code, state] = [pln.text(2), pln.text(3)]
  const target = targetOf(practitionerIdType, code)
  const text = pln.text(2, 2) ?? code
  return {
    type: target ? { coding: [target] } : text === undefined ? undefined : { text },
    system: siteSystem(reading.site.id, ["practitioner", code, state].filter(Boolean).join("-")),
    value,
    period: period(undefined, pln.text(4), where, reading),
    assigner: state === undefined ? undefined : { display: state },
  }
}
