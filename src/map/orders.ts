import type { FhirResource, Reference } from "fhir/r4"
import { type Identified, type OwnIdentifier, referenceTo } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, ReadContext } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import { layKnown } from "./known.ts"
import { type About, mentionPatient, visitOf } from "./mentioned.ts"
import { type Part, partOf } from "./part.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { distinct, type Filing } from "./report.ts"
import {
  notesPart,
  requestElements,
  requestIdentity,
  requestParts,
  serviceRequestOf,
  visitPart,
} from "./request.ts"
import { type Layout, type Order, type Result, resultsOf } from "./result.ts"
import { allergy } from "./segment/al1.ts"
import { condition } from "./segment/dg1.ts"
import { coverage } from "./segment/in1.ts"
import { codeOf, orderNumbers } from "./segment/orc.ts"
import { patientIdentity } from "./segment/pid.ts"
import { fileAbove } from "./specimen-above.ts"
import { filePrior, fileSpecimens, fileSupporting } from "./supporting.ts"
import { answerTask } from "./task.ts"
import { entityKey } from "./type/ei.ts"

/** The ServiceRequests that a message keeps up to date. */
export function ownedOrders(message: Message, context: ReadContext, layout: Layout): string[] {
  const reading = readMessage(message, context)
  return resultsOf(reading, layout).flatMap((result) => {
    const patient = patientIdentity(result.pid, reading)
    if (patient === undefined) return []
    const identities = identitiesOf(result, referenceTo(patient), reading)
    return [...identities.values()].map(ownedName)
  })
}

/**
 * Orders and what is answered to them (2.5.1, chapter 4). Each ORC says something of one
 * ServiceRequest, which is kept up to date field by field over what was told before: an answer of
 * an ORC alone leaves the rest of the order as it was. An order that is cancelled gets that status
 * and stays. Patient and visit are only mentioned.
 */
export function mapOrders(message: Message, context: MapContext, layout: Layout): Mapped {
  const reading = readMessage(message, context)
  const results = resultsOf(reading, layout)
  if (results.length === 0) return { problem: "no PID segment: whose order it is can't be told" }
  const transaction = new Transaction(reading.site.id)
  const filing: Filing = { transaction, reading, distinct: distinct() }
  const told: Told[] = []
  let said = 0
  for (const [index, result] of results.entries()) {
    const about = mentionPatient(result, index, filing)
    const identities = identitiesOf(result, about.subject, reading)
    said += identities.size + addBackground(result, about, filing)
    told.push(...addOrders(result, identities, about, context.known, filing))
  }
  if (said === 0) return { problem: "no ORC and no OBR: no order of a service is in it" }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told })
}

/** Adds the orders of one patient; gives what was told of them. */
function addOrders(
  result: Result,
  identities: ReadonlyMap<Order, OwnIdentifier>,
  about: About,
  known: readonly Told[],
  filing: Filing,
): Told[] {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const visit = visitPart(visitOf(result.pv1, about.subject, reading), reading)
  const above = fileAbove(result, about, filing)
  const told: Told[] = []
  let replaced: OwnIdentifier | undefined
  for (const [order, identity] of identities) {
    const task = answerTask(order, identity, about, reading, mention)
    const parts = [
      ...requestParts(order, reading),
      // What is noted on an answer is the Task's: the placer's own notes stay the order's.
      task ? undefined : notesPart(order, reading),
      reasonsPart(order, about, filing),
      fileSupporting(order, identity, about, filing),
      filePrior(order, about, filing),
      fileSpecimens(order, identity, about, filing, above),
      visit,
      order.orc?.text(1) === "RO" ? replacingPart(replaced, reading) : undefined,
    ].filter((part) => part !== undefined)
    const laid = layKnown(
      ownedName(identity),
      parts,
      { messageId: reading.message.id, known },
      (part) => requestElements.get(part) ?? [],
    )
    for (const each of laid.mentions) mention(each)
    transaction.update(serviceRequestOf(identity, about, laid.elements))
    told.push(...laid.told)
    if (task !== undefined) transaction.update(task)
    if (replacedControls.has(order.orc?.text(1) ?? "")) replaced = identity
  }
  return told
}

/**
 * What each order is known by. Some senders give one number to several services: then the first of
 * them has it alone, and the others with their code, so that none is lost in another. Orders
 * without any number are counted.
 */
function identitiesOf(
  { orders }: Result,
  subject: Reference,
  reading: Reading,
): Map<Order, OwnIdentifier> {
  const identities = new Map<Order, OwnIdentifier>()
  const services = new Map<string, string[]>()
  for (const order of orders.map(withCommon)) {
    if (!isRequest(order, reading)) continue
    const own = requestIdentity(order, subject, reading)
    const code = codeOf(order)
    const before = services.get(own.value) ?? []
    services.set(own.value, [...before, code])
    const { placer, filler } = orderNumbers(order)
    const isNumbered = (placer ?? filler) !== undefined
    const [first = code] = before
    const more = isNumbered
      ? code === first
        ? ""
        : code
      : before.length && `#${before.length + 1}`
    identities.set(order, more ? requestIdentity(order, subject, reading, more) : own)
  }
  return identities
}

/** Some senders write one ORC for several OBR of its number; of another number it is not theirs. */
function withCommon(order: Order, index: number, orders: readonly Order[]): Order {
  if (order.orc !== undefined) return order
  const above = orders.slice(0, index).findLast(({ orc }) => orc !== undefined)
  const { placer: own } = orderNumbers(order)
  const { placer } = above
    ? orderNumbers({ orc: above.orc, obr: undefined })
    : { placer: undefined }
  if (own && (placer === undefined || entityKey(own) !== entityKey(placer))) return order
  return { ...order, orc: above?.orc }
}

/** An ORC above a prescription, a diet or a supply is of no service: it has a map of its own. */
function isRequest({ orc, obr }: Order, reading: Reading): boolean {
  if (obr !== undefined) return true
  const { segments } = reading.parsed
  const next = orc && segments[segments.indexOf(orc) + 1]
  if (next === undefined || !otherDetails.has(next.name)) return true
  reading.note(`an order of ${next.name}: only orders of services are read here`)
  return false
}

const otherDetails = new Set(["RXO", "RXE", "RQD", "RQ1", "ODS", "ODT", "BPO"])

/** What an RO replaces: the order above it that is replaced (4.5.1.1), by its number. */
function replacingPart(replaced: OwnIdentifier | undefined, reading: Reading): Part | undefined {
  return partOf("RO", reading, () => ({
    replaces: replaced && [{ type: "ServiceRequest", identifier: replaced }],
  }))
}

const replacedControls = new Set(["RP", "RQ", "RU"])

/** What orders bring along about the patient, of others who keep it up to date; gives how much. */
function addBackground(result: Result, { subject }: About, filing: Filing): number {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const all: (Identified | undefined)[] = [
    ...result.allergies.map((al1) => allergy(al1, subject, reading)),
    ...result.coverages.map((in1) => coverage(in1, subject, reading, mention)),
  ]
  const made = all.filter((each) => each !== undefined)
  made.forEach(mention)
  return made.length
}

/** DG1 under an order is why it was ordered; the diagnosis itself is the visit's to keep. */
function reasonsPart({ diagnoses }: Order, about: About, filing: Filing): Part | undefined {
  const { transaction, reading } = filing
  const diagnosed = { patient: about.subject, encounter: about.encounter }
  return partOf("DG1", reading, (mention) => ({
    reasonReference: diagnoses.flatMap((dg1) => {
      const made = condition(dg1, diagnosed, reading, mention)
      if (made === undefined) return []
      transaction.create(made)
      // A later message may not name the visit: what is kept for it must lead nowhere else.
      return [mention({ ...made, encounter: undefined })]
    }),
  }))
}

function ownedName({ value }: OwnIdentifier): string {
  const type: FhirResource["resourceType"] = "ServiceRequest"
  return `${type}/${value}`
}
