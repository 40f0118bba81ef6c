import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { mentionPatient } from "./mentioned.ts"
import { addOrigin, concluded, readMessage } from "./reading.ts"
import { aboveAnyPatient, type Layout, resultsOf } from "./result/groups.ts"
import { distinct, type Filing, fileResult } from "./result/report.ts"
import { fileAbove } from "./result/specimen-above.ts"

/**
 * Results that an analyzer sends without being asked (2.5.1, 7.3.7 to 7.3.10): of an order (R21,
 * R24), of a specimen (R22) or of its container (R23). They own what an ORU owns. A specimen that
 * stands above its orders is one, whichever of its orders a message brings.
 */
export const oul: MessageMap = {
  types: ["OUL^R21", "OUL^R22", "OUL^R23", "OUL^R24"],
  map,
}

const layouts: Readonly<Record<string, Layout>> = {
  "OUL^R22": { specimenAbove: true, orcBelow: true },
  "OUL^R23": { specimenAbove: true, orcBelow: true },
  "OUL^R24": { orcBelow: true },
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const results = resultsOf(reading, layouts[message.type])
  // Without a patient it is a control or a calibration, of the analyzer and nobody's record.
  if (results.length === 0) return { problem: "no PID segment: no patient to file the result of" }
  const stray = aboveAnyPatient(reading)
  if (stray !== undefined) return { problem: stray }
  const transaction = new Transaction(reading.site.id)
  const filing: Filing = { transaction, reading, distinct: distinct() }
  for (const [index, result] of results.entries()) {
    const about = mentionPatient(result, index, filing)
    const above = fileAbove(result, about, filing)
    fileResult(result, about, { ...filing, above })
  }
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}
