import type { Attachment, DiagnosticReport, DocumentReference } from "fhir/r4"
import type { Transaction } from "../fhir/transaction.ts"
import type { About } from "./mentioned.ts"
import { type Filed, referenceOf } from "./parent.ts"
import type { Mention, Reading } from "./reading.ts"
import type { Observed, Order } from "./result.ts"
import { diagnosticReport, reportKey } from "./segment/obr.ts"
import {
  attachmentsOf,
  bringsFile,
  documentReference,
  observation,
  observationKey,
  type Within,
} from "./segment/obx.ts"
import { serviceRequest } from "./segment/orc.ts"
import { orderedSpecimen, specimen } from "./segment/spm.ts"

/** What results are filed into. */
export interface Filing {
  transaction: Transaction
  reading: Reading
  /** See `distinct`. */
  distinct: Distinct
}

/** What an order makes: not yet in the transaction, so that orders can be linked to one another. */
export interface FiledOrder extends Filed {
  report: DiagnosticReport | undefined
  documents: DocumentReference[]
}

/** Files one order with everything below it; what it only mentions is added at once. */
export function fileOrder(order: Order, about: About, filing: Filing): FiledOrder {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const key = filing.distinct(reportKey(order, about.subject, reading))
  const filed: FiledOrder = { order, observations: [], report: undefined, documents: [] }
  if (saysNothing(order)) {
    reading.note("OBR: neither a number nor a service is named; it is left out")
    return filed
  }
  const request = serviceRequest(order, about, reading, mention)
  const basedOn = request && mention(request)
  const collected = { ...about, request: basedOn, reportKey: key, order }
  const specimens = order.specimens.map((sampled, index) =>
    transaction.update(specimen(sampled, index, collected, reading, mention)),
  )
  const old = specimens.length === 0 && order.obr
  const fromObr = old ? orderedSpecimen(old, collected, reading) : undefined
  if (fromObr) specimens.push(transaction.update(fromObr))

  const only = specimens.length === 1 ? specimens[0] : undefined
  const within = { ...about, obr: order.obr, specimen: only, focus: undefined }
  const form = fileObserved(order.observed, key, within, filed, filing)
  for (const [index, { observed }] of order.specimens.entries()) {
    const focus = specimens[index]
    form.push(...fileObserved(observed, key, { ...within, specimen: focus, focus }, filed, filing))
  }
  const { obr } = order
  if (obr !== undefined) {
    const observations = filed.observations.map(({ resource }) => resource)
    const result = observations.map(referenceOf)
    const reported = {
      ...about,
      basedOn,
      specimen: specimens,
      result,
      presentedForm: form,
      statuses: [
        ...observations.map(({ status }) => status),
        ...filed.documents.map(({ docStatus }) => docStatus ?? "unknown"),
      ],
    }
    filed.report = diagnosticReport({ ...order, obr }, key, reported, reading, mention)
  }
  return filed
}

/** Files observations and documents; gives the files, which the report presents as well. */
function fileObserved(
  all: readonly Observed[],
  reportKey: readonly string[],
  within: Within,
  filed: FiledOrder,
  { reading, transaction, distinct }: Filing,
): Attachment[] {
  const mention: Mention = (resource) => transaction.create(resource)
  const form: Attachment[] = []
  for (const observed of all) {
    const key = distinct([...reportKey, ...observationKey(observed)])
    if (bringsFile(observed)) {
      const files = attachmentsOf(observed, reading)
      if (files.length === 0) reading.note("OBX-5: there is no file in it; it is left out")
      else filed.documents.push(documentReference(observed, files, key, within, reading, mention))
      form.push(...files)
      continue
    }
    const resource = observation(observed, key, within, reading, mention)
    if (resource !== undefined) filed.observations.push({ observed, resource })
  }
  return form
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
    const name = JSON.stringify(key)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? key : [...key, `#${count}`]
  }
}
