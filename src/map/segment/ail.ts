import { each } from "../part.ts"
import { location } from "../type/pl.ts"
import type { ResourceSegment } from "./resource.ts"

/**
 * AIL (2.5.1, 10.6.6): where it takes place. What kind of place (AIL-4) is no part anyone takes.
 */
export const ail: ResourceSegment = {
  startField: 6,
  read: (segment, reading, mention) => ({
    actor: each(segment, 3, (pl) => location(pl, reading, mention))[0],
    type: [],
  }),
}
