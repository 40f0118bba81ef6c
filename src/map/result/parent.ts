import type { Observation, Reference } from "fhir/r4"
import { type Identified, referenceTo } from "../../fhir/identity.ts"
import type { Reading } from "../reading.ts"
import { orderNumbers } from "../segment/orc.ts"
import { entityIn, entityKey } from "../type/ei.ts"
import type { Observed, Order } from "./groups.ts"

/** An order's observations as they are to be filed. */
export interface Filed {
  order: Order
  observations: { observed: Observed; resource: Observation }[]
}

/**
 * Links the observations of a child order to the one that gave rise to it, and back, as a
 * culture's organism to its susceptibilities: OBR-26 names the parent's OBX-3 and OBX-4, OBR-29
 * its order (2.5.1, 7.4.1.26 and 7.4.1.29). A parent of another message can't be found by these.
 */
export function linkParents(reports: readonly Filed[], reading: Reading): void {
  for (const child of reports) {
    const { obr } = child.order
    const [named] = obr?.repetitions(26) ?? []
    if (named === undefined || child.observations.length === 0) continue
    const candidates = reports.filter((each) => each !== child && isParentOrder(each, child))
    const parent = candidates
      .flatMap(({ observations }) => observations)
      .find(({ observed }) => {
        const [obx] = observed.lines
        const subId = named.text(2)
        return obx.text(3) === named.text(1) && (!subId || obx.raw(4).trim() === subId)
      })
    if (parent === undefined) reading.note("OBR-26: the parent result is not in this message")
    else link(parent.resource, child)
  }
}

function isParentOrder(parent: Filed, child: Filed): boolean {
  const [named] = child.order.obr?.repetitions(29) ?? []
  if (named === undefined) return true
  const { placer, filler } = orderNumbers(parent.order)
  const [namedPlacer, namedFiller] = [entityIn(named, 1), entityIn(named, 2)]
  const byFiller = namedFiller && filler && entityKey(filler) === entityKey(namedFiller)
  const byPlacer = namedPlacer && placer && entityKey(placer) === entityKey(namedPlacer)
  return Boolean(namedFiller ? byFiller : byPlacer)
}

function link(parent: Observation, child: Filed): void {
  const members = child.observations.map(({ resource }) => referenceOf(resource))
  parent.hasMember = [...(parent.hasMember ?? []), ...members]
  for (const { resource } of child.observations) resource.derivedFrom = [referenceOf(parent)]
}

/** Our own identifier is the first of every resource a map makes. */
export function referenceOf({ identifier = [] }: Identified): Reference {
  const [own] = identifier
  return referenceTo({ system: own?.system ?? "", value: own?.value ?? "" })
}
