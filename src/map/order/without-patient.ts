import type { Bundle } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import { Transaction } from "../../fhir/transaction.ts"
import type { Mapped } from "../../mapping.ts"
import type { Told } from "../../message.ts"
import { addOrigin, concluded, type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { numberIdentifiers, orderNumbers } from "../segment/orc.ts"
import { addTasks, numberNames, type OrderType, ordersIn, ordersNumbered } from "./numbers.ts"
import { tasksOf } from "./task.ts"

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
  const told = orders.flatMap((order) => {
    const spoken = spokenOf(order, type, known, reading)
    if (spoken === undefined) return []
    const tasks = tasksOf(order.orc, spoken, "answers", reading, mention)
    return addTasks(tasks, spoken.names, known, { transaction, reading })
  })
  if (told.length === 0) return { problem: "it answers nothing about an order that it numbers" }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told })
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

/** What is known of the order of a number, and of whose it is; undefined without a number. */
function spokenOf(order: Order, type: OrderType, known: readonly Told[], reading: Reading) {
  const numbers = orderNumbers(order)
  const [number] = numberIdentifiers(numbers, reading)
  if (number === undefined) {
    reading.note("ORC: no number names the order; what is said of it is left out")
    return undefined
  }
  const names = numberNames(numbers, reading)
  const byNumber = {
    identity: own(reading, "Task", "number", number.system ?? "", number.value ?? ""),
    focus: { type, identifier: number },
    about: undefined,
    notes: order.notes,
    names,
  }
  const named = ordersNumbered(names, known)
  const [one, ...others] = named
  if (one === undefined || others.some(({ subject }) => subject !== one.subject)) {
    const why = one === undefined ? "no order of its number is known here" : "several have it"
    reading.note(`no PID segment, and ${why}: the order is named by its number alone`)
    return byNumber
  }
  const system = siteSystem(reading.site.id)
  const patient = { system, value: one.subject.replace("urn:uuid:", "") }
  const about = { subject: { type: "Patient", identifier: patient } }
  // Of several services of one number it is the patient's, whichever of them it is about.
  if (others.length > 0) return { ...byNumber, about }
  const identity = { system, value: one.uuid }
  return {
    identity,
    focus: { type: one.type, identifier: identity },
    about,
    notes: order.notes,
    names: [...new Set([...names, ...one.names])],
  }
}
