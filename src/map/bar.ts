import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { fileGroups } from "./any.ts"
import { ownedAccounts } from "./finance/finance.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { distinct } from "./result/report.ts"

/**
 * Billing accounts (2.5.1, 6.4.1, 6.4.2, 6.4.4 and on): opened, purged, updated, ended, and the
 * diagnoses and procedures they are billed by. A BAR owns the account of PID-18; the patient and
 * the visit it only mentions. The guide has no map for it: this one is our own.
 */
export const bar: MessageMap = {
  types: ["BAR^P01", "BAR^P02", "BAR^P05", "BAR^P06", "BAR^P10", "BAR^P12"],
  owned: (message: Message, context: ReadContext) => ownedAccounts(readMessage(message, context)),
  map,
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const transaction = new Transaction(reading.site.id)
  const layer = { messageId: message.id, known: context.known }
  const { patients, told } = fileGroups({ transaction, reading, distinct: distinct() }, layer)
  if (patients === 0) return { problem: "no PID segment" }
  if (told.length === 0) reading.note("PID-18: no account number; the message is of no account")
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told })
}
