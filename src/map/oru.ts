import type { OwnIdentifier } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { joinParts } from "./known.ts"
import { encounterOf, patientOf } from "./owned.ts"
import { linkParents } from "./parent.ts"
import { partsOf } from "./part.ts"
import { addOrigin, concluded, type Mention, own, type Reading, readMessage } from "./reading.ts"
import { type About, distinct, type Filing, fileOrder } from "./report.ts"
import { type Result, resultsOf } from "./result.ts"
import { nk1Parts } from "./segment/nk1.ts"
import { pd1Fields } from "./segment/pd1.ts"
import { patientIdentity, pidParts } from "./segment/pid.ts"
import { encounterIdentity, pv1Fields, speaksOfVisit } from "./segment/pv1.ts"

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
    addResult(result, identityOf(result, index, reading), filing)
  }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}

function addResult(result: Result, identity: OwnIdentifier, filing: Filing): void {
  const { transaction, reading } = filing
  const about = addMentioned(result, identity, filing)
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

/**
 * A patient without a number is known by this message alone: the result is not lost, it meets no
 * other, and the trail says why.
 */
function identityOf({ pid }: Result, index: number, reading: Reading): OwnIdentifier {
  const numbered = patientIdentity(pid, reading)
  if (numbered !== undefined) return numbered
  reading.note("PID-3 names no patient number: the patient is known by this message alone")
  return own(reading, "Patient", "message", reading.digest, `${index}`)
}

/** The patient, and the visit where PV1-19 numbers it: without its number it can't be found. */
function addMentioned(result: Result, identity: OwnIdentifier, filing: Filing): About {
  const { transaction, reading } = filing
  const { pid, pd1, nk1, pv1 } = result
  const mention: Mention = (resource) => transaction.create(resource)
  const parts = [
    ...pidParts(pid, reading),
    ...(pd1 ? partsOf(pd1, pd1Fields, reading) : []),
    ...nk1Parts(nk1, reading),
  ]
  const { elements, mentions } = joinParts(parts)
  const subject = mention(patientOf(identity, elements))
  for (const each of mentions) mention(each)
  if (pv1?.text(19) === undefined) {
    if (pv1 && speaksOfVisit(pv1)) reading.note("PV1-19: no visit number; the visit is left out")
    return { subject, encounter: undefined }
  }
  const visit = encounterIdentity(pv1, subject, reading)
  const visited = joinParts(partsOf(pv1, pv1Fields, reading))
  for (const each of visited.mentions) mention(each)
  const encounter = encounterOf(visit, subject, visited.elements, pv1.text(2), reading)
  return { subject, encounter: mention(encounter) }
}
