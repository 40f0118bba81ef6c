import type { Task } from "fhir/r4"
import { type OwnIdentifier, referenceTo } from "../../fhir/identity.ts"
import { Transaction } from "../../fhir/transaction.ts"
import type { MapContext, Mapped, ReadContext } from "../../mapping.ts"
import type { Message, Told } from "../../message.ts"
import { layKnown } from "../known.ts"
import { type About, mentionPatient, visitOf } from "../mentioned.ts"
import { type Part, partOf } from "../part.ts"
import { fileTreated, prescriptionNames } from "../pharmacy/file.ts"
import type { Keeping } from "../pharmacy/prescribe.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "../reading.ts"
import {
  aboveAnyPatient,
  type Layout,
  type Order,
  type Result,
  resultsOf,
} from "../result/groups.ts"
import { distinct, type Filing } from "../result/report.ts"
import { fileAbove } from "../result/specimen-above.ts"
import { condition } from "../segment/dg1.ts"
import { type OrderNumbers, orderNumbers } from "../segment/orc.ts"
import { businessEvent } from "../segment/orc-event.ts"
import { ordered } from "../segment/orc-provenance.ts"
import { patientIdentity } from "../segment/pid.ts"
import { noteOthers } from "../segment/prt.ts"
import { drugsAsked, partedByKind } from "./drugs.ts"
import { identitiesOf, namesOf, ownedName } from "./identity.ts"
import { addTasks, numberNames, numbersAsked, tellNumbers } from "./numbers.ts"
import { notesPart, requestElements, requestParts, serviceRequestOf, visitPart } from "./request.ts"
import {
  addBackground,
  filePrior,
  fileSpecimens,
  fileSupporting,
  orderOfAnother,
} from "./supporting.ts"
import { tasksOf } from "./task.ts"
import { mapWithoutPatient, namesNoPatient, noteRefused, withoutOrder } from "./without-patient.ts"

/** The ServiceRequests that a message keeps up to date. */
export function ownedOrders(message: Message, context: ReadContext, layout: Layout): string[] {
  const reading = readMessage(message, context)
  if (namesNoPatient(reading)) return numbersAsked(reading)
  const { services, drugs } = partedByKind(reading, new Map())
  const names = resultsOf(services, layout).flatMap((result) => {
    const patient = patientIdentity(result.pid, reading)
    if (patient === undefined) return []
    return namesOf(result, referenceTo(patient), reading)
  })
  const prescriptions = prescriptionNames(drugs, speaks(reading), reading)
  return [...names, ...drugsAsked(reading), ...prescriptions, ...numbersAsked(reading)]
}

/** A placer asks for drugs, and a filler answers. */
function speaks({ message }: Reading): "request" | "answer" {
  return /^OR[GILR]\b/.test(message.type) ? "answer" : "request"
}

/**
 * Orders and what is answered to them (2.5.1, chapter 4). Each ORC says something of one
 * ServiceRequest, which is kept up to date field by field over what was told before: an answer of
 * an ORC alone leaves the rest of the order as it was. An order that is cancelled gets that status
 * and stays. Patient and visit are only mentioned.
 */
export function mapOrders(message: Message, context: MapContext, layout: Layout): Mapped {
  const reading = readMessage(message, context)
  if (namesNoPatient(reading)) return mapWithoutPatient(reading, "ServiceRequest", context.known)
  const known = Map.groupBy(context.known, ({ resource }) => resource)
  const { services, drugs } = partedByKind(reading, known)
  const results = resultsOf(services, layout)
  if (results.length === 0) return { problem: "no PID segment: whose order it is can't be told" }
  const stray = aboveAnyPatient(reading) ?? (layout.prior ? orderOfAnother(reading) : undefined)
  if (stray !== undefined) return { problem: stray }
  const transaction = new Transaction(reading.site.id)
  const told: Told[] = []
  const filing = { transaction, reading, distinct: distinct(), told }
  const keeping = { ...filing, messageId: message.id, known: context.known }
  noteRefused(reading)
  const all: Pick<Order, "orc">[] = []
  let said = 0
  for (const [index, result] of results.entries()) {
    const about = mentionPatient(result, index, filing)
    const identities = identitiesOf(result, about.subject, reading, known)
    all.push(...identities.keys())
    said += identities.size + addBackground(result, about, filing)
    const orders = addOrders(result, identities, about, keeping)
    // An order of a patient without a number is known by this message alone.
    if (patientIdentity(result.pid, reading) === undefined) continue
    told.push(...orders)
    for (const [order, identity] of identities) {
      const numbered = { type: "ServiceRequest", identity, subject: about.subject } as const
      told.push(...tellNumbers(orderNumbers(order), numbered, reading))
    }
  }
  for (const [index, treated] of drugs.entries()) {
    said += treated.orders.length
    all.push(...treated.orders)
    fileTreated(treated, index, speaks(reading), keeping)
  }
  if (said === 0 && reading.parsed.first("MSA")) return withoutOrder(reading)
  if (said === 0) return { problem: "no ORC and no OBR: no order of a service or a drug is in it" }
  const event = ordered(all, reading, (resource) => transaction.create(resource))
  addOrigin(transaction, reading, event)
  return concluded(reading, { transaction, told })
}

/** What a message says of one order; two ORC of one number speak of the same, the later last. */
interface Said {
  identity: OwnIdentifier
  numbers: OrderNumbers
  parts: Map<string, Part>
  /** By what was asked. */
  tasks: Map<string | undefined, Task>
}

/** Adds the orders of one patient; gives what was told of them. */
function addOrders(
  result: Result,
  identities: ReadonlyMap<Order, OwnIdentifier>,
  about: About,
  filing: Keeping,
): Told[] {
  const { transaction, reading, known } = filing
  const byName = Map.groupBy(known, ({ resource }) => resource)
  const told: Told[] = []
  for (const { identity, numbers, parts, tasks } of saidOf(result, identities, about, filing)) {
    const name = ownedName(identity)
    const layer = { messageId: reading.message.id, known: byName.get(name) ?? [] }
    const elementsOf = (part: string) => requestElements.get(part) ?? []
    const laid = layKnown(name, [...parts.values()], layer, elementsOf)
    for (const each of laid.mentions) transaction.create(each)
    transaction.update(serviceRequestOf(identity, about, laid.elements))
    told.push(...laid.told)
    const names = numberNames(numbers, reading)
    told.push(...addTasks(tasks.values(), names, known, filing))
  }
  return told
}

function saidOf(
  result: Result,
  identities: ReadonlyMap<Order, OwnIdentifier>,
  about: About,
  filing: Filing,
): Iterable<Said> {
  const { transaction, reading } = filing
  const visit = visitPart(visitOf(result.pv1, about.subject, reading), reading)
  const above = fileAbove(result, about, filing)
  const all = new Map<string, Said>()
  let replaced: OwnIdentifier | undefined
  for (const [order, identity] of identities) {
    noteOthers(order, reading)
    const numbers = orderNumbers(order)
    const mention: Mention = (resource) => transaction.create(resource)
    const answered = { identity, focus: referenceTo(identity), about, notes: order.notes }
    const tasks = tasksOf(order.orc, answered, "answers", reading, mention)
    const parts = [
      ...requestParts(order, reading),
      partOf("ORC", reading, () => ({ extension: businessEvent(order.orc, reading) })),
      // What is noted on an answer is the Task's: the placer's own notes stay the order's.
      tasks.length > 0 ? undefined : notesPart(order, reading),
      reasonsPart(order, about, filing),
      fileSupporting(order, identity, about, filing),
      filePrior(order, about, filing),
      fileSpecimens(order, identity, about, filing, above),
      visit,
      order.orc?.text(1) === "RO" ? replacingPart(replaced, reading) : undefined,
    ]
    const said = all.get(identity.value) ?? {
      identity,
      numbers,
      parts: new Map(),
      tasks: new Map(),
    }
    for (const part of parts) if (part !== undefined) said.parts.set(part.part, part)
    for (const task of tasks) said.tasks.set(task.code?.coding?.[0]?.code, task)
    all.set(identity.value, said)
    if (replacedControls.has(order.orc?.text(1) ?? "")) replaced = identity
  }
  return all.values()
}

/** What an RO replaces: the order above it that is replaced (4.5.1.1), by its number. */
function replacingPart(replaced: OwnIdentifier | undefined, reading: Reading): Part | undefined {
  return partOf("RO", reading, () => ({
    replaces: replaced && [{ type: "ServiceRequest", identifier: replaced }],
  }))
}

const replacedControls = new Set(["RP", "RQ", "RU"])

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
