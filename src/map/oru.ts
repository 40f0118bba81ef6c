import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { mentionPatient } from "./mentioned.ts"
import { linkParents } from "./parent.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { distinct, type Filing, fileOrder } from "./report.ts"
import { type Result, resultsOf } from "./result.ts"

/**
 * Results (2.5.1, 7.3.1). An ORU owns its reports, observations, specimens and documents, which it
 * updates, so that a correction lands on what it corrects. The patient, the visit and the order it
 * only mentions: they are created where they are absent, and never overwritten.
 */
export const oru: MessageMap = { types: ["ORU^R01"], map }

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const results = resultsOf(reading)
  if (results.length === 0) return { problem: "no PID segment" }
  const transaction = new Transaction(reading.site.id)
  const filing: Filing = { transaction, reading, distinct: distinct() }
  for (const [index, result] of results.entries()) {
    addResult(result, index, filing)
  }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}

function addResult(result: Result, index: number, filing: Filing): void {
  const { transaction, reading } = filing
  const about = mentionPatient(result, index, filing)
  if (result.notes.some((nte) => nte.text(3) !== undefined)) {
    reading.note("NTE under PID: FHIR has no place for it")
  }
  const reports = result.orders.map((order) => fileOrder(order, about, filing))
  const ofPatient = { orc: undefined, obr: undefined, notes: [], specimens: [] }
  if (result.observed.length > 0) {
    reports.unshift(fileOrder({ ...ofPatient, observed: result.observed }, about, filing))
  }
  if (reports.length === 0) reading.note("no OBR and no OBX: there is no result in it")
  linkParents(reports, reading)
  for (const { observations, report, documents } of reports) {
    for (const { resource } of observations) transaction.update(resource)
    if (report !== undefined) transaction.update(report)
    for (const document of documents) transaction.update(document)
  }
}
