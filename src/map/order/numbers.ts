import type { Reference, Task } from "fhir/r4"
import { type OwnIdentifier, ownIdentifierOf } from "../../fhir/identity.ts"
import type { Transaction } from "../../fhir/transaction.ts"
import type { Told } from "../../message.ts"
import { own, type Reading } from "../reading.ts"
import { newOrder, type Order } from "../result/groups.ts"
import { type OrderNumbers, orderNumbers } from "../segment/orc.ts"
import { entityKey } from "../type/ei.ts"
import { orderTask } from "../vocabulary/decided-orders.ts"
import { targetOf } from "../vocabulary/target.ts"

/*
 * What is kept under the numbers of orders: which order has one and whose it is, for answers that
 * name no patient, and which message answered last. It is kept as of a Task, and forgotten as one,
 * that stands nowhere.
 */

/** The two kinds of orders. */
export type OrderType = "MedicationRequest" | "ServiceRequest"

/** What an order's numbers are known by: the placer's, and the filler's where they last. */
export function numberNames({ placer, filler }: OrderNumbers, reading: Reading): string[] {
  const lasting = reading.source.fillerRepeats ? undefined : filler
  const keys = [placer && ["placer", entityKey(placer)], lasting && ["filler", entityKey(lasting)]]
  return keys
    .filter((key) => key !== undefined)
    .map((key) => `Task/${own(reading, "Task", "number", ...key).value}`)
}

/** What a message that answers is to be told of: what is kept under the numbers it names. */
export function numbersAsked(reading: Reading): string[] {
  const names = ordersIn(reading)
    .filter(({ orc }) => {
      const told = targetOf(orderTask, orc?.text(1))
      return told !== undefined && (told.asked !== "fulfill" || told.status !== "requested")
    })
    .flatMap((order) => numberNames(orderNumbers(order), reading))
  return [...new Set(names)]
}

/** The ORC of a message, each with the OBR and the notes under it. */
export function ordersIn({ parsed }: Reading): Order[] {
  const orders: Order[] = []
  for (const segment of parsed.segments) {
    if (segment.name === "ORC") orders.push({ ...newOrder(), orc: segment })
    const order = orders.at(-1)
    if (segment.name === "OBR" && order) order.obr ??= segment
    if (segment.name === "NTE") order?.notes.push(segment)
  }
  return orders
}

/** What is told of an order under each of its numbers. */
export function tellNumbers(
  numbers: OrderNumbers,
  order: { type: OrderType; identity: OwnIdentifier; subject: Reference },
  reading: Reading,
): Told[] {
  const names = numberNames(numbers, reading)
  const makes = { subject: order.subject.reference, names }
  const part = `${order.type}/${order.identity.value}`
  return names.map((name) => told(name, part, makes, reading))
}

/** The orders that the box was told of under the first of these numbers which it knows. */
export function ordersNumbered(names: readonly string[], known: readonly Told[]) {
  const isOrder = ({ part }: Told) => /^(MedicationRequest|ServiceRequest)\//.test(part)
  const rows = names
    .map((name) => known.filter((row) => row.resource === name && isOrder(row)))
    .find(({ length }) => length > 0)
  return (rows ?? []).map(({ part, value }) => {
    const [type = "", uuid = ""] = part.split("/")
    const { makes } = JSON.parse(value ?? "{}") as { makes: { subject: string; names: string[] } }
    return { type, uuid, ...makes }
  })
}

/**
 * Adds the Tasks that are told of an order of these numbers, and gives what is to be remembered of
 * them: what a newer message asked or answered is not turned back by one that is sent again.
 */
export function addTasks(
  tasks: Iterable<Task>,
  names: readonly string[],
  known: readonly Told[],
  { transaction, reading }: { transaction: Transaction; reading: Reading },
): Told[] {
  return [...tasks].flatMap((task) => {
    const part = `Task/${ownIdentifierOf(reading.site.id, task)?.value}`
    const newer = known.some(
      (row) =>
        row.part === part && row.messageId > reading.message.id && names.includes(row.resource),
    )
    if (newer) transaction.create(task)
    else transaction.update(task)
    return names.map((name) => told(name, part, {}, reading))
  })
}

function told(resource: string, part: string, makes: object, { message }: Reading): Told {
  const value = JSON.stringify({ makes, mentions: [] })
  return { resource, part, value, messageId: message.id }
}
