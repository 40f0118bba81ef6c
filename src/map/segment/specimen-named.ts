import type { Extension, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { entityIdentifier, entityIn } from "../type/ei.ts"

/** OBX-33 (2.7, 7.4.2.33): specimens by their number, which the message need not bring. */
export function specimensNamed(obx: Segment, reading: Reading): Reference[] {
  return each(obx, 33, (eip) => {
    const filler = entityIn(eip, 2)
    const number = filler ?? entityIn(eip, 1)
    if (number === undefined) return undefined
    const local = filler ? `specimen-${reading.sender}` : "placer-specimen"
    const type = filler ? "FILL" : "PLAC"
    return { type: "Specimen", identifier: entityIdentifier(number, type, local, reading) }
  })
}

/**
 * The specimens after the first, where OBX-33 names several: R4's observation has room for one, and
 * its Group, which the guide puts them into, holds no specimens.
 */
export function furtherSpecimens(obx: Segment, reading: Reading): Extension[] {
  if (obx.raw(33) === "") return []
  const [, ...further] = specimensNamed(obx, reading)
  return further.map((valueReference) => ({ url: specimen, valueReference }))
}

const specimen = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.specimen"
