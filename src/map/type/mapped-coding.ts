import type { Coding } from "fhir/r4"
import type { CodedField } from "../codes/fields.ts"
import type { Reading } from "../reading.ts"
import { isStandard } from "./coding.ts"

/** A code as a sender writes it: `system` is the name or OID it gives the coding system. */
export interface LocalCode {
  system: string | undefined
  code: string
  display: string | undefined
}

/**
 * What the site's code map says that one of these codes is: they are all of one concept. Where it
 * says nothing and none of them is a standard code, the first is noted as unmapped.
 *
 * @param standard a standard code is known otherwise
 */
export function mappedCoding(
  given: readonly LocalCode[],
  field: CodedField,
  standard: boolean,
  reading: Reading,
): Coding | undefined {
  const codeMap = reading.codeMaps?.of(reading.message.source, field)
  if (codeMap === undefined) return undefined
  for (const { system, code } of given) {
    const found = codeMap.find(system, code)
    if (found !== undefined) return found
  }
  const [first] = given
  if (first === undefined || standard) return undefined
  if (given.some(({ system }) => isStandard(system))) return undefined
  reading.unmapped(codeMap, { field, ...first })
  return undefined
}
