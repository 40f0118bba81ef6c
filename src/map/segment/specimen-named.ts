import type { Extension, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { entityIdentifier, entityIn, entityKey } from "../type/ei.ts"

/** Specimens of a message by their numbers, the placer's and the filler's. */
export type Numbered = ReadonlyMap<string, Reference>

/** The specimens that these SPM are, where there are several to choose from. */
export function numberedSpecimens(
  spms: readonly Segment[],
  specimens: readonly Reference[],
): Numbered | undefined {
  if (spms.length < 2) return undefined
  const numbered = new Map<string, Reference>()
  for (const [index, spm] of spms.entries()) {
    const [eip] = spm.repetitions(2)
    const specimen = specimens[index]
    if (eip === undefined || specimen === undefined) continue
    for (const name of namesOf(eip)) numbered.set(name, specimen)
  }
  return numbered
}

/** OBX-33 (2.7, 7.4.2.33): specimens by their number, which the message need not bring. */
export function specimensNamed(
  obx: Segment,
  numbered: Numbered | undefined,
  reading: Reading,
): Reference[] {
  if (obx.raw(33) === "") return []
  return each(obx, 33, (eip) => {
    const own = namesOf(eip).find((name) => numbered?.has(name))
    if (own !== undefined) return numbered?.get(own)
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
export function furtherSpecimens(
  obx: Segment,
  numbered: Numbered | undefined,
  reading: Reading,
): Extension[] {
  const [, ...further] = specimensNamed(obx, numbered, reading)
  return further.map((valueReference) => ({ url: specimen, valueReference }))
}

/** The filler's number first, which every result of it bears. */
function namesOf(eip: Repetition): string[] {
  return [2, 1].flatMap((part) => {
    const number = entityIn(eip, part)
    return number ? [`${part} ${entityKey(number)}`] : []
  })
}

const specimen = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.specimen"
