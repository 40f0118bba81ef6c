import type { Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Filing } from "../result/report.ts"
import { type Charged, chargeItem, chargeKey, charges } from "../segment/ft1.ts"

/** What was made of the segments that a charge may refer to. */
interface Made {
  account: Reference | undefined
  diagnoses: ReadonlyMap<Segment, Reference>
  procedures: ReadonlyMap<Segment, Reference>
}

/** Adds the charges of a group, each with the procedures and diagnoses that stand under it. */
export function addCharges(
  rest: readonly Segment[],
  about: About,
  { account, diagnoses, procedures }: Made,
  { transaction, reading, distinct }: Filing,
): void {
  const mention: Mention = (resource) => transaction.create(resource)
  for (const charged of chargesOf(rest, reading)) {
    if (!charges(charged.ft1, reading)) continue
    const key = distinct(["ChargeItem", ...chargeKey(charged, about, reading)]).slice(1)
    const service = referencesOf(charged.procedures, procedures)
    const reasons = referencesOf(charged.diagnoses, diagnoses)
    const charging = { ...about, account, service, reasons }
    transaction.update(chargeItem(charged, key, charging, reading, mention))
  }
}

/**
 * The charges with what belongs to them: a PR1 is of the charge above it. So is a DG1 in a P11
 * (2.5.1, 6.4.6); in a P03 it stands behind all charges, and is of the visit.
 */
function chargesOf(rest: readonly Segment[], reading: Reading): Charged[] {
  const all: Charged[] = []
  let above: string | undefined
  for (const segment of rest) {
    const charged = all.at(-1)
    if (segment.name === "FT1") {
      all.push({ ft1: segment, notes: [], participants: [], procedures: [], diagnoses: [] })
    } else if (/^(ROL|PRT)$/.test(segment.name)) {
      if (above === "FT1") charged?.participants.push(segment)
      continue
    } else if (segment.name === "PR1") charged?.procedures.push(segment)
    else if (segment.name === "DG1" && reading.message.type === "DFT^P11") {
      charged?.diagnoses.push(segment)
    } else if (segment.name === "NTE" && above === "FT1") charged?.notes.push(segment)
    else if (segment.name === "NTE" && !ofResults.has(above ?? "")) {
      reading.note(`NTE under ${above ?? "PID"}: FHIR has no place for it`)
    }
    if (segment.name !== "NTE") above = segment.name
  }
  return all
}

const ofResults: ReadonlySet<string> = new Set(["ORC", "OBR", "OBX", "SPM"])

function referencesOf(
  segments: readonly Segment[],
  made: ReadonlyMap<Segment, Reference>,
): Reference[] {
  return segments.map((segment) => made.get(segment)).filter((each) => each !== undefined)
}
