import type { Bundle, Reference, Task } from "fhir/r4"
import { type OwnIdentifier, siteSystem } from "../../fhir/identity.ts"
import { Transaction } from "../../fhir/transaction.ts"
import type { Mapped } from "../../mapping.ts"
import type { Told } from "../../message.ts"
import { addOrigin, concluded, type Mention, own, type Reading } from "../reading.ts"
import { newOrder, type Order } from "../result/groups.ts"
import { numberIdentifiers, type OrderNumbers, orderNumbers } from "../segment/orc.ts"
import { entityKey } from "../type/ei.ts"
import { tasksOf } from "./task.ts"

/** The two kinds of orders. */
type OrderType = "MedicationRequest" | "ServiceRequest"

/**
 * An answer that names no patient (2.5.1, 4.4 and 4.13: PID may be left out of it), or no order
 * either. Whose the order of its number is the box was told with the order; where it was not, the
 * Task of what is answered names the order by its number alone. The order itself is not written:
 * its key has the patient in it.
 */
export function mapWithoutPatient(
  reading: Reading,
  type: OrderType,
  known: readonly Told[],
): Mapped {
  const orders = ordersIn(reading)
  if (orders.length === 0) return withoutOrder(reading)
  noteRefused(reading)
  const transaction = new Transaction(reading.site.id)
  const mention: Mention = (resource) => transaction.create(resource)
  const tasks = orders.flatMap((order) => answersTo(order, type, known, reading, mention))
  for (const task of tasks) transaction.update(task)
  if (tasks.length === 0) return { problem: "it answers nothing about an order that it numbers" }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}

/** What was accepted as a whole needs nobody; of orders that were refused somebody has to know. */
export function withoutOrder(reading: Reading): Mapped {
  if (refusedWhole(reading)) {
    return { problem: "the orders it answers were refused as a whole (MSA-1), and it names none" }
  }
  reading.note("it accepts what it answers (MSA-1) and names no order: there is nothing to send")
  const bundle: Bundle = { resourceType: "Bundle", type: "transaction" }
  return { bundle, notes: reading.notes, told: [] }
}

/** Whether a message answers another and does not say whom that was about. */
export function namesNoPatient({ parsed }: Reading): boolean {
  return parsed.first("PID") === undefined && parsed.first("MSA") !== undefined
}

/** Says so where what a message answers was not accepted. */
export function noteRefused(reading: Reading): void {
  if (refusedWhole(reading)) reading.note("MSA-1: what was sent was refused as a whole")
}

/** Whether what a message answers was not accepted (MSA-1, table 0008). */
function refusedWhole(reading: Reading): boolean {
  return /^[AC][ER]$/.test(reading.parsed.first("MSA")?.text(1) ?? "")
}

/** What an answer without a patient is to be told of: the orders of its numbers. */
export function numbersAsked(reading: Reading): string[] {
  const names = ordersIn(reading).flatMap((order) => numberNames(orderNumbers(order), reading))
  return [...new Set(names)]
}

/**
 * What is kept of an order, under each of its numbers, for answers that name no patient: which it
 * is and whose. It is kept as of a Task, and forgotten as one, that stands nowhere.
 */
export function tellNumbers(
  numbers: OrderNumbers,
  order: { type: OrderType; identity: OwnIdentifier; subject: Reference },
  reading: Reading,
): Told[] {
  const value = JSON.stringify({ makes: { subject: order.subject.reference }, mentions: [] })
  const part = `${order.type}/${order.identity.value}`
  const messageId = reading.message.id
  return numberNames(numbers, reading).map((resource) => ({ resource, part, value, messageId }))
}

/**
 * The placer's number, else the filler's, as `Told.resource`. The numbers of a filler that start
 * again name nobody for long.
 */
function numberNames({ placer, filler }: OrderNumbers, reading: Reading): string[] {
  const lasting = reading.source.fillerRepeats ? undefined : filler
  const keys = [placer && ["placer", entityKey(placer)], lasting && ["filler", entityKey(lasting)]]
  return keys
    .filter((key) => key !== undefined)
    .map((key) => `Task/${own(reading, "Task", "number", ...key).value}`)
}

/** The ORC of a message, each with the OBR and the notes under it. */
function ordersIn({ parsed }: Reading): Order[] {
  const orders: Order[] = []
  for (const segment of parsed.segments) {
    if (segment.name === "ORC") orders.push({ ...newOrder(), orc: segment })
    const order = orders.at(-1)
    if (segment.name === "OBR" && order) order.obr ??= segment
    if (segment.name === "NTE") order?.notes.push(segment)
  }
  return orders
}

function answersTo(
  order: Order,
  type: OrderType,
  known: readonly Told[],
  reading: Reading,
  mention: Mention,
): Task[] {
  const numbers = orderNumbers(order)
  const [number] = numberIdentifiers(numbers, reading)
  if (number === undefined) {
    reading.note("ORC: no number names the order; what is said of it is left out")
    return []
  }
  const rows = numberNames(numbers, reading)
    .map((name) => known.filter(({ resource }) => resource === name))
    .find(({ length }) => length > 0)
  const byNumber = {
    identity: own(reading, "Task", "number", number.system ?? "", number.value ?? ""),
    focus: { type, identifier: number },
  }
  const spoken = { ...byNumber, ...ordersOf(rows ?? [], reading), notes: order.notes }
  return tasksOf(order.orc, spoken, "answers", reading, mention)
}

/**
 * What is told of a number's order and its patient, by their identifiers. Of several orders of one
 * patient it is the patient; of several patients nothing.
 */
function ordersOf(rows: readonly Told[], reading: Reading) {
  const system = siteSystem(reading.site.id)
  const subjects = new Set(rows.map(({ value }) => JSON.parse(value ?? "{}").makes?.subject))
  const [subject] = subjects
  if (typeof subject !== "string" || subjects.size > 1) {
    const why = subjects.size === 0 ? "no order of its number is known here" : "several have it"
    reading.note(`no PID segment, and ${why}: the order is named by its number alone`)
    return { about: undefined }
  }
  const patient = { system, value: subject.replace("urn:uuid:", "") }
  const about = { subject: { type: "Patient", identifier: patient } }
  const [only, ...others] = rows
  if (only === undefined || others.length > 0) return { about }
  const [type = "", value = ""] = only.part.split("/")
  const identity = { system, value }
  return { about, identity, focus: { type, identifier: identity } }
}
