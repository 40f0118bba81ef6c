import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { numbersAsked } from "./order/numbers.ts"
import {
  mapWithoutPatient,
  namesNoPatient,
  noteRefused,
  withoutOrder,
} from "./order/without-patient.ts"

import { fileTreated, prescriptionNames } from "./pharmacy/file.ts"
import { treatmentsOf } from "./pharmacy/order.ts"
import type { Keeping, Owned } from "./pharmacy/prescribe.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { distinct } from "./result/report.ts"
import { ordered } from "./segment/orc-provenance.ts"

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
} as const satisfies Record<string, Owned>

/**
 * Prescriptions, what was dispensed and what was given (2.5.1, 4.13), and the answers to them. The
 * guide has no message table for any of these: which resource each of them owns is our own choice.
 */
export const pharmacy: MessageMap = { types: Object.keys(owns), owned: ownedPrescriptions, map }

function ownedPrescriptions(message: Message, context: ReadContext): string[] {
  const owned: Owned = owns[message.type as keyof typeof owns]
  if (owned !== "request" && owned !== "answer") return []
  const reading = readMessage(message, context)
  if (namesNoPatient(reading)) return numbersAsked(reading)
  return [...prescriptionNames(treatmentsOf(reading), owned, reading), ...numbersAsked(reading)]
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  if (namesNoPatient(reading)) return mapWithoutPatient(reading, "MedicationRequest", context.known)
  const owned: Owned = owns[message.type as keyof typeof owns]
  const treatments = treatmentsOf(reading)
  if (treatments.length === 0) return { problem: "no PID segment" }
  const orders = treatments.flatMap(({ orders }) => orders)
  if (orders.length === 0) {
    if (owned === "answer") return withoutOrder(reading)
    return { problem: "there is no ORC and no drug in it" }
  }
  noteRefused(reading)
  const transaction = new Transaction(reading.site.id)
  const filing: Keeping = {
    transaction,
    reading,
    distinct: distinct(),
    messageId: message.id,
    known: context.known,
    told: [],
  }
  for (const [index, treated] of treatments.entries()) fileTreated(treated, index, owned, filing)
  if (transaction.references().length === 0) return { problem: "nothing in it can be told in FHIR" }
  const event = ordered(orders, reading, (resource) => transaction.create(resource))
  addOrigin(transaction, reading, event)
  return concluded(reading, { transaction, told: filing.told })
}
