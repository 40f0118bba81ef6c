import type { Address } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { addressType } from "../vocabulary/address-type.ts"
import { addressUse } from "../vocabulary/address-use.ts"
import { targetOf } from "../vocabulary/target.ts"
import { period } from "./dtm.ts"

/** An extended address (2.5.1, 2A.84); undefined when it names no place. */
export function address(xad: Repetition, where: string, reading: Reading): Address | undefined {
  const line = [street(xad), xad.text(2), xad.text(8)].filter((part) => part !== undefined)
  const [city, district, state] = [xad.text(3), xad.text(9), xad.text(4)]
  const [postalCode, country] = [xad.text(5), xad.text(6)]
  const places = [...line, city, district, state, postalCode, country]
  if (places.every((part) => part === undefined)) return undefined
  return {
    use: targetOf(addressUse, xad.text(7))?.code,
    type: targetOf(addressType, xad.text(7))?.code,
    line,
    city,
    district,
    state,
    postalCode,
    country,
    period: period(
      xad.text(13) ?? xad.text(12, 1),
      xad.text(14) ?? xad.text(12, 2),
      where,
      reading,
    ),
  }
}

/** SAD: the whole line in its first part, or the number and the street in the two others. */
function street(xad: Repetition): string | undefined {
  const [whole, name, dwelling] = [1, 2, 3].map((part) => xad.text(1, part))
  return [whole, dwelling, name].filter((part) => part !== undefined).join(" ") || undefined
}
