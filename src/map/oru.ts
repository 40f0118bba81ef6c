import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { mentionPatient } from "./mentioned.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { aboveAnyPatient, resultsOf } from "./result/groups.ts"
import { distinct, type Filing, fileResult } from "./result/report.ts"

/**
 * Results (2.5.1, 7.3.1), also of point-of-care devices (R30 to R32, 7.3.3) and of alarms (R40,
 * 2.6, 7.3.11). An ORU owns its reports, observations, specimens and documents, which it updates,
 * so that a correction lands on what it corrects. The patient, the visit and the order it only
 * mentions: they are created where they are absent, and never overwritten.
 */
export const oru: MessageMap = {
  types: ["ORU^R01", "ORU^R30", "ORU^R31", "ORU^R32", "ORU^R40"],
  map,
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const results = resultsOf(reading)
  if (results.length === 0) return { problem: "no PID segment" }
  const stray = aboveAnyPatient(reading)
  if (stray !== undefined) return { problem: stray }
  const transaction = new Transaction(reading.site.id)
  const filing: Filing = { transaction, reading, distinct: distinct() }
  for (const [index, result] of results.entries()) {
    fileResult(result, mentionPatient(result, index, filing), filing)
  }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}
