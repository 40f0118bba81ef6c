import type { Reference } from "fhir/r4"
import type { About } from "../mentioned.ts"
import type { Mention } from "../reading.ts"
import type { Filing } from "../result/report.ts"
import { observationKey } from "../segment/obx.ts"
import { resourceOf } from "../segment/obx-document.ts"
import type { Prepared } from "./order.ts"

/**
 * Adds what was observed for a drug: a weight, a blood pressure before a dose. Gives references to
 * it, each with its type and our identifier too.
 */
export function addObserved(
  { observed, segment }: Prepared,
  key: readonly string[],
  about: About,
  { transaction, reading, distinct }: Filing,
): Reference[] {
  const mention: Mention = (resource) => transaction.create(resource)
  return observed.flatMap((one) => {
    const own = distinct([...key, reading.sender, segment.name, ...observationKey(one)])
    const made = resourceOf(one, own, about, reading, mention)
    if (made === undefined) return []
    const { reference } = transaction.update(made)
    return { reference, type: made.resourceType, identifier: made.identifier?.[0] }
  })
}
