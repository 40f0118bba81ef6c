import type { Reference } from "fhir/r4"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { administrationKey, medicationAdministration } from "./administration.ts"
import { dispenseKey, medicationDispense } from "./dispense.ts"
import { type About, mentionPatient } from "./mentioned.ts"
import { type OrderKey, orderKey, prescriptionIdentifiers } from "./order-key.ts"
import { taskOf } from "./order-task.ts"
import { type PharmacyOrder, type Prepared, type Treated, treatmentsOf } from "./pharmacy-order.ts"
import { medicationRequest } from "./prescription.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { distinct, type Filing } from "./report.ts"
import { allergy } from "./segment/al1.ts"
import { coverage } from "./segment/in1.ts"
import {
  attachmentsOf,
  bringsFile,
  documentReference,
  observation,
  observationKey,
} from "./segment/obx.ts"
import { noteUnplaced } from "./unplaced.ts"

/** What a message of the pharmacy keeps up to date; the rest of its orders it only mentions. */
const owns = {
  "OMP^O09": "request",
  "RDE^O01": "request",
  "RDE^O11": "request",
  "RDE^O25": "request",
  "RDS^O01": "dispense",
  "RDS^O13": "dispense",
  "RAS^O01": "administration",
  "RAS^O17": "administration",
  "ORP^O10": "answer",
  "RRE^O02": "answer",
  "RRE^O12": "answer",
  "RRE^O26": "answer",
  "RRD^O02": "answer",
  "RRD^O14": "answer",
  "RRA^O02": "answer",
  "RRA^O18": "answer",
} as const

type Owned = (typeof owns)[keyof typeof owns]

/**
 * Prescriptions, what was dispensed and what was given (2.5.1, 4.13), and the answers to them. The
 * guide has no message table for any of these: which resource each of them owns is our own choice.
 */
export const pharmacy: MessageMap = { types: Object.keys(owns), map }

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const owned = owns[message.type as keyof typeof owns]
  const treatments = treatmentsOf(reading)
  const orders = treatments.flatMap(({ orders }) => orders)
  if (orders.length === 0) {
    return {
      problem:
        owned === "answer"
          ? "it answers another message and names no order"
          : "there is no ORC and no drug in it",
    }
  }
  const accepted = reading.parsed.first("MSA")?.text(1) ?? "AA"
  if (!accepted.endsWith("A")) reading.note("MSA-1: the message it answers was not accepted")
  const missing = treatments.some(({ pid }) => pid === undefined)
  if (missing && owned !== "answer") return { problem: "no PID segment" }
  const transaction = new Transaction(reading.site.id)
  const filing: Filing = { transaction, reading, distinct: distinct() }
  for (const [index, treated] of treatments.entries()) addTreated(treated, index, owned, filing)
  if (transaction.references().length === 0) return { problem: "nothing in it can be told in FHIR" }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}

function addTreated(treated: Treated, index: number, owned: Owned, filing: Filing): void {
  const { transaction, reading } = filing
  const { pid, orders, notes, allergies, insurances } = treated
  const about = pid && mentionPatient({ ...treated, pid }, index, filing)
  if (notes.some((nte) => nte.text(3) !== undefined)) {
    reading.note("NTE under PID: FHIR has no place for it")
  }
  const mention: Mention = (resource) => transaction.create(resource)
  if (about !== undefined) {
    for (const al1 of allergies) {
      const made = allergy(al1, about.subject, reading)
      if (made !== undefined) mention(made)
    }
    for (const in1 of insurances) {
      const made = coverage(in1, about.subject, reading, mention)
      if (made !== undefined) mention(made)
    }
  }
  for (const order of orders) addOrder(order, about, owned, filing)
}

/** Whom to call about an order, what it costs, and which step of the work it is. */
const unplacedOfOrder = [
  6, 11, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34,
]

function addOrder(
  order: PharmacyOrder,
  about: About | undefined,
  owned: Owned,
  filing: Filing,
): void {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  if (order.orc) noteUnplaced(order.orc, unplacedOfOrder, reading)
  const known = keyed(order, about, owned, filing)
  const request = about && addRequest(order, known, about, owned, filing)
  const focus = request ?? numbered(known, about, reading)
  if (about !== undefined) addGiven(order, { known, request: focus, about }, owned, filing)
  const told = request || order.dispensed.length > 0 || order.administered.length > 0
  if (order.orc === undefined || (owned !== "answer" && told)) return
  const task = taskOf(order.orc, known, focus, about, reading, mention)
  if (task !== undefined) transaction.update(task)
}

/**
 * A prescription may be mentioned under several ORC of one number, one for each dose that was
 * given; a message that brings prescriptions brings as many as it has ORC.
 */
function keyed(
  order: PharmacyOrder,
  about: About | undefined,
  owned: Owned,
  { reading, distinct }: Filing,
): OrderKey {
  const subject = about?.subject.reference ?? ""
  const known = orderKey(order, subject, owned === "request" ? distinct : undefined, reading)
  const unnumbered = owned !== "request" && numbered(known, about, reading) === undefined
  return unnumbered ? orderKey(order, subject, distinct, reading) : known
}

/**
 * The prescription by its identifier, where no resource of this message is it: by ours, or where
 * the patient that belongs to ours is not told, by the number.
 */
function numbered(
  known: OrderKey,
  about: About | undefined,
  reading: Reading,
): Reference | undefined {
  const [number] = prescriptionIdentifiers(known, reading)
  const identifier = about && number ? known.identity : number
  return identifier && { type: "MedicationRequest", identifier }
}

function addRequest(
  order: PharmacyOrder,
  known: OrderKey,
  about: About,
  owned: Owned,
  filing: Filing,
): Reference | undefined {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const prepared = order.encoded ?? order.requested
  if (prepared === undefined) return undefined
  const under = [order.requested, order.encoded].filter((one) => one !== undefined)
  const supportingInformation = under.flatMap((one) => addObserved(one, known.key, about, filing))
  const made = medicationRequest(
    order,
    known,
    { ...about, supportingInformation },
    reading,
    mention,
  )
  return made && (owned === "request" ? transaction.update(made) : mention(made))
}

/** What was dispensed and what was given of an order. */
function addGiven(
  order: PharmacyOrder,
  { known, request, about }: { known: OrderKey; request: Reference | undefined; about: About },
  owned: Owned,
  filing: Filing,
): void {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  for (const dispensed of order.dispensed) {
    const key = filing.distinct(["dispense", ...dispenseKey(dispensed, known, reading)])
    const observed = addObserved(dispensed, key, about, filing)
    const prescribed = { ...about, request, known, observed }
    const made = medicationDispense(dispensed, order, key, prescribed, reading, mention)
    if (owned === "dispense") transaction.update(made)
    else mention(made)
  }
  for (const given of order.administered) {
    const key = filing.distinct(["administration", ...administrationKey(given, known, reading)])
    const observed = addObserved(given, key, about, filing)
    const prescribed = { ...about, request, known, observed }
    const made = medicationAdministration(given, order, key, prescribed, reading, mention)
    if (owned === "administration") transaction.update(made)
    else mention(made)
  }
}

/** Adds what was observed for a drug: a weight, a blood pressure before a dose. */
function addObserved(
  { observed, segment }: Prepared,
  key: readonly string[],
  about: About,
  { transaction, reading, distinct }: Filing,
): Reference[] {
  const mention: Mention = (resource) => transaction.create(resource)
  const within = { ...about, specimen: undefined, focus: undefined, obr: undefined }
  return observed.flatMap((one) => {
    const own = distinct([...key, reading.sender, segment.name, ...observationKey(one)])
    if (bringsFile(one)) {
      const files = attachmentsOf(one, reading)
      if (files.length === 0) reading.note("OBX-5: there is no file in it; it is left out")
      else {
        return transaction.update(documentReference(one, files, own, within, reading, mention))
      }
      return []
    }
    const made = observation(one, own, within, reading, mention)
    return made === undefined ? [] : transaction.update(made)
  })
}
