import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { fileGroups } from "./any.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { distinct } from "./result/report.ts"

/**
 * Charges (2.5.1, 6.4.3 and 6.4.6). A DFT owns its charges, and updates what it says of procedures,
 * diagnoses and coverages; the patient, the visit and the account it only mentions. The guide has
 * no map for it: this one is our own.
 */
export const dft: MessageMap = { types: ["DFT^P03", "DFT^P11"], map }

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const transaction = new Transaction(reading.site.id)
  const { patients } = fileGroups({ transaction, reading, distinct: distinct() })
  if (patients === 0) return { problem: "no PID segment" }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}
