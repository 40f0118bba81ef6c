import type { DiagnosticReport, DocumentReference, Specimen } from "fhir/r4"
import type { Transaction } from "../../fhir/transaction.ts"
import type { About } from "../mentioned.ts"
import { mentionRequest } from "../order/request.ts"
import type { Mention, Reading } from "../reading.ts"
import { diagnosticReport, reportKey } from "../segment/obr.ts"
import { orderedSpecimen } from "../segment/obr-specimen.ts"
import { observationKey, type Within } from "../segment/obx.ts"
import { resourceOf } from "../segment/obx-document.ts"
import { noteOthers } from "../segment/prt.ts"
import { numberedSpecimens } from "../segment/specimen-named.ts"
import { specimen, specimenKey } from "../segment/spm.ts"
import { newOrder, type Observed, type Order, type Result, type Sampled } from "./groups.ts"
import { largeFilesApart } from "./large-file.ts"
import { type Filed, linkParents, referenceOf } from "./parent.ts"

/** What results are filed into. */
export interface Filing {
  transaction: Transaction
  reading: Reading
  /** See `distinct`. */
  distinct: Distinct
  /** They are results of before, sent along with an order: not the sender's, so only mentioned. */
  prior?: boolean
  /** The specimens that stand above their orders, filed already. */
  above?: ReadonlyMap<Sampled, Specimen> | undefined
}

/** What an order makes: not yet in the transaction, so that orders can be linked to one another. */
export interface FiledOrder extends Filed {
  report: DiagnosticReport | undefined
  documents: DocumentReference[]
}

/** Files all results of one patient. */
export function fileResult(result: Result, about: About, filing: Filing): FiledOrder[] {
  const { transaction, reading, prior } = filing
  if (result.notes.some((nte) => nte.text(3) !== undefined)) {
    reading.note("NTE under PID: FHIR has no place for it")
  }
  const reports = result.orders.map((order) => fileOrder(order, about, filing))
  if (result.observed.length > 0) {
    const ofPatient = { ...newOrder(), observed: result.observed }
    reports.unshift(fileOrder(ofPatient, about, filing))
  }
  if (reports.length === 0) reading.note("no OBR and no OBX: there is no result in it")
  linkParents(reports, reading)
  for (const { observations, report, documents } of reports) {
    const owned = [...observations.map(({ resource }) => resource), report, ...documents]
    for (const each of owned) {
      if (each !== undefined) prior ? transaction.create(each) : transaction.update(each)
    }
  }
  return reports
}

/** Files one order with everything below it; what it only mentions is added at once. */
export function fileOrder(order: Order, about: About, filing: Filing): FiledOrder {
  const { transaction, reading, prior } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const put: Mention = (resource) =>
    prior ? transaction.create(resource) : transaction.update(resource)
  const key = filing.distinct(reportKey(order, about.subject, reading))
  const filed: FiledOrder = { order, observations: [], report: undefined, documents: [] }
  if (saysNothing(order)) {
    reading.note("OBR: neither a number nor a service is named; it is left out")
    return filed
  }
  noteOthers(order, reading)
  const basedOn = mentionRequest(order, about, reading, mention)
  const requests = basedOn ? [basedOn] : []
  const collected = { ...about, requests, reportKey: key, order }
  const specimens = order.specimens.map((sampled, index) => {
    const known = filing.above?.get(sampled)
    if (known !== undefined) return referenceOf(known)
    const own = specimenKey(sampled, index, collected, reading)
    return put(specimen(sampled, own, collected, reading, mention))
  })
  const old = specimens.length === 0 && order.obr
  const fromObr = old ? orderedSpecimen(old, collected, reading, mention) : undefined
  if (fromObr) specimens.push(put(fromObr))

  const only = specimens.length === 1 ? specimens[0] : undefined
  const spms = order.specimens.map(({ spm }) => spm)
  const numbered = numberedSpecimens(spms, specimens)
  const within = { ...about, obr: order.obr, specimen: only, numbered }
  fileObserved(order.observed, key, within, filed, filing)
  for (const [index, sampled] of order.specimens.entries()) {
    const focus = specimens[index]
    // What was observed of a specimen above its orders is filed with that, once for all of them.
    const own = filing.above?.has(sampled) ? [] : sampled.observed
    fileObserved(own, key, { ...within, specimen: focus, focus }, filed, filing)
  }
  const { obr } = order
  if (obr !== undefined) {
    filed.documents = filed.documents.map((one) =>
      isPresented(one) ? largeFilesApart(one, transaction, reading) : one,
    )
    const observations = filed.observations.map(({ resource }) => resource)
    const result = observations.map(referenceOf)
    const reported = {
      ...about,
      basedOn,
      specimen: specimens,
      result,
      presentedForm: filed.documents
        .filter(isPresented)
        .flatMap(({ content }) => content.map(({ attachment }) => attachment)),
      statuses: [
        ...observations.map(({ status }) => status),
        ...filed.documents.map(({ docStatus }) => docStatus ?? "unknown"),
      ],
    }
    filed.report = diagnosticReport({ ...order, obr }, key, reported, reading, mention)
  }
  return filed
}

/** Files observations and documents into `filed`. */
export function fileObserved(
  all: readonly Observed[],
  reportKey: readonly string[],
  within: Within,
  filed: FiledOrder,
  { reading, transaction, distinct }: Filing,
): void {
  const mention: Mention = (resource) => transaction.create(resource)
  for (const observed of all) {
    const key = distinct([...reportKey, ...observationKey(observed)])
    const resource = resourceOf(observed, key, within, reading, mention)
    if (resource?.resourceType === "DocumentReference") filed.documents.push(resource)
    else if (resource !== undefined) filed.observations.push({ observed, resource })
  }
}

/** A file that is withdrawn is found by its document; its report presents it no longer. */
function isPresented({ status }: DocumentReference): boolean {
  return status === "current"
}

/** An OBR that has only its set ID would make a report of constants. */
function saysNothing({ orc, obr, observed, specimens }: Order): boolean {
  const empty = [2, 3, 4].every((field) => obr?.text(field) === undefined)
  return empty && orc === undefined && observed.length === 0 && specimens.length === 0
}

type Distinct = (key: readonly string[]) => readonly string[]

/**
 * Tells repeats within one message apart by counting them: two OBX with one OBX-3 and OBX-4 under
 * one report are two observations, and the next version of the message finds both again.
 */
export function distinct(): Distinct {
  const counts = new Map<string, number>()
  return (key) => {
    // No text of a message holds what keeps the parts apart.
    const name = key.join("\0")
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? key : [...key, `#${count}`]
  }
}
