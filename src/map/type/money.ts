import type { Money } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { decimal } from "./quantity.ts"

/**
 * The price of a CP (2.5.1, 2A.13), or an MO where it stands alone, as Money; undefined where it is
 * no number. `where` is the field. A denomination that is no currency of ISO 4217 is left out.
 */
export function money(
  cp: Repetition,
  where: string,
  reading: Reading,
): (Money & { value: number }) | undefined {
  const value = decimal(cp.text(1))
  if (value === undefined) {
    reading.note(`${where}: it is no amount; it is left out`)
    return undefined
  }
  const denomination = cp.text(1, 2)?.toUpperCase()
  if (denomination === undefined) return { value }
  if (currencies.has(denomination)) return { value, currency: denomination }
  reading.note(`${where}: its currency is not of ISO 4217; it is left out`)
  return { value }
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"))
