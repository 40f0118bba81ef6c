import type { Identifier, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codingSystem } from "../type/coding.ts"
import { concept } from "../type/cwe.ts"
import type { ResourceSegment } from "./resource.ts"

/**
 * AIG (2.5.1, 10.6.5): anything else that is needed. Where AIG-4 calls it a place it is a Location.
 * Some send equipment in it and some people, so that anything else is only named: by its number,
 * and of no type.
 */
export const aig: ResourceSegment = {
  startField: 8,
  read: (segment, reading, mention) => {
    const isPlace = segment.repetitions(4).some(namesPlace)
    return {
      actor: each(segment, 3, (cwe): Reference | undefined => {
        const [identifier, ...others] = numbersOf(cwe, reading)
        const display = cwe.component(2) ?? cwe.component(9)
        if (identifier === undefined) return display === undefined ? undefined : { display }
        if (!isPlace) return { identifier, display }
        return { ...placeNumbered([identifier, ...others], display, reading, mention), display }
      })[0],
      type: each(segment, 4, (cwe) => concept(cwe, "AIG-4", reading)),
    }
  },
}

/** The table of AIG-4 is every site's own: its codes and its texts are words. */
function namesPlace(cwe: Repetition): boolean {
  return [1, 2, 4, 5, 9].some((component) => places.test(cwe.text(component) ?? ""))
}

const places = /\b(room|location|ward|theatre|theater|suite|bay|bed)s?\b/i

/** The numbers that a coded resource goes by: each of its codes is one. */
function numbersOf(cwe: Repetition, reading: Reading): Identifier[] {
  const codes = [
    [1, 3, 14],
    [4, 6, 17],
    [10, 12, 20],
  ] as const
  return codes.flatMap(([code, system, oid]) => {
    const value = cwe.text(code)
    if (value === undefined) return []
    return [{ system: codingSystem(cwe.text(system), cwe.text(oid), "AIG-3", reading), value }]
  })
}

function placeNumbered(
  numbers: readonly [Identifier, ...Identifier[]],
  name: string | undefined,
  reading: Reading,
  mention: Mention,
): Reference {
  const [{ system = "", value = "" }] = numbers
  return mention({
    resourceType: "Location",
    identifier: [own(reading, "Location", "resource", system, value), ...numbers],
    name,
  })
}
