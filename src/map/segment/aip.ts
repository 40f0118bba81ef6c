import { each } from "../part.ts"
import { concept } from "../type/cwe.ts"
import { practitioner } from "../type/xcn.ts"
import type { ResourceSegment } from "./resource.ts"

/** AIP (2.5.1, 10.6.7): somebody who takes part. */
export const aip: ResourceSegment = {
  startField: 6,
  read: (segment, reading, mention) => ({
    actor: each(segment, 3, (xcn) => practitioner(xcn, reading, mention))[0],
    type: each(segment, 4, (cwe) => concept(cwe, "AIP-4", reading)),
  }),
}
