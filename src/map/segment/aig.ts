import type { Reference } from "fhir/r4"
import { each } from "../part.ts"
import { codingSystem } from "../type/coding.ts"
import { concept } from "../type/cwe.ts"
import type { ResourceSegment } from "./resource.ts"

/**
 * AIG (2.5.1, 10.6.5): anything else that is needed. Some send equipment in it and some people, so
 * that it is only named: by its number, and of no type.
 */
export const aig: ResourceSegment = {
  startField: 8,
  read: (segment, reading) => ({
    actor: each(segment, 3, (cwe): Reference | undefined => {
      const value = cwe.text(1)
      const display = cwe.component(2) ?? cwe.component(9)
      if (value === undefined) return display === undefined ? undefined : { display }
      const system = codingSystem(cwe.text(3), cwe.text(14), "AIG-3", reading)
      return { identifier: { system, value }, display }
    })[0],
    type: each(segment, 4, (cwe) => concept(cwe, "AIG-4", reading)),
  }),
}
