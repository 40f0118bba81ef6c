import type { Quantity } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { decimal, quantityOf, unitNamed } from "./quantity.ts"

/**
 * A composite quantity (CQ, 2.5.1, 2A.10) as a Quantity; undefined without a number, which is noted
 * where something else stands there. `component` is the place of a CQ that is a part of a field,
 * in its subcomponents; left out, the CQ is the whole field.
 */
export function compositeQuantity(
  cq: Repetition,
  component: number | undefined,
  reading: Reading,
): Quantity | undefined {
  const text = component === undefined ? cq.text(1) : cq.text(component, 1)
  const value = decimal(text)
  if (value === undefined) {
    if (text !== undefined) reading.note("a quantity is no number; it is left out")
    return undefined
  }
  const unit = component === undefined ? (part: number) => cq.text(2, part) : unitIn(cq, component)
  return quantityOf(value, unitNamed({ code: unit(1), text: unit(9) ?? unit(2), system: unit(3) }))
}

/** The unit of a CQ within a component: what stands behind the number there. */
function unitIn(cq: Repetition, component: number): (part: number) => string | undefined {
  return (part) => cq.text(component, part + 1)
}
