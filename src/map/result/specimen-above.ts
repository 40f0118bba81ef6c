import type { Specimen } from "fhir/r4"
import type { About } from "../mentioned.ts"
import type { Mention, Reading } from "../reading.ts"
import { reportKey } from "../segment/obr.ts"
import { specimen, specimenNumber } from "../segment/spm.ts"
import { entityKey } from "../type/ei.ts"
import { newOrder, type Order, type Result, type Sampled } from "./groups.ts"
import { referenceOf } from "./parent.ts"
import { type FiledOrder, type Filing, fileObserved } from "./report.ts"

/**
 * Files the specimens that stand above their orders, with what was observed of themselves; gives
 * the reference to each. Such a one is known by its own number, whichever of its orders a message
 * brings, as the number is printed on the tube; without one by its place above the first of them.
 */
export function fileAbove(
  result: Result,
  about: About,
  filing: Filing,
): ReadonlyMap<Sampled, Specimen> {
  const { transaction, reading } = filing
  const above = new Map<Sampled, Specimen>()
  const firsts = new Map<Sampled, Order>()
  for (const order of result.orders) {
    for (const each of order.specimens) if (!firsts.has(each)) firsts.set(each, order)
  }
  for (const [index, sampled] of result.specimens.entries()) {
    const key = filing.distinct(keyOf(sampled, index, firsts.get(sampled), about, reading))
    const collected = { subject: about.subject, requests: [] }
    const mention: Mention = (resource) => transaction.create(resource)
    const made = specimen(sampled, key, collected, reading, mention)
    transaction.update(made)
    fileOfSpecimen(sampled, made, key, about, filing)
    above.set(sampled, made)
  }
  return above
}

/** Files what was observed of a specimen itself, where no report stands for it. */
export function fileOfSpecimen(
  sampled: Sampled,
  made: Specimen,
  key: readonly string[],
  about: About,
  filing: Filing,
): void {
  const reference = referenceOf(made)
  const within = { ...about, obr: undefined, specimen: reference, focus: reference }
  const filed: FiledOrder = {
    order: newOrder(),
    observations: [],
    report: undefined,
    documents: [],
  }
  fileObserved(sampled.observed, key, within, filed, filing)
  const { observations, documents } = filed
  for (const { resource } of observations) filing.transaction.update(resource)
  for (const document of documents) filing.transaction.update(document)
}

function keyOf(
  sampled: Sampled,
  index: number,
  first: Order | undefined,
  { subject }: About,
  reading: Reading,
): string[] {
  const number = specimenNumber(sampled)
  if (number !== undefined) {
    const day = reading.source.fillerRepeats ? [(sampled.spm.text(17) ?? "").slice(0, 8)] : []
    return [subject.reference ?? "", reading.sender, "specimen", entityKey(number), ...day]
  }
  return [...reportKey(first ?? newOrder(), subject, reading), `above ${index + 1}`]
}
