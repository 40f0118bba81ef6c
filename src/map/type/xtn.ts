import type { ContactPoint, Extension } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { telecomEquipment, telecomUse } from "../vocabulary/decided.ts"
import { targetOf } from "../vocabulary/target.ts"
import { alternateCode } from "./alternate.ts"
import { period } from "./dtm.ts"
import { stringExtension } from "./extension.ts"

/**
 * An extended telecommunication number (2.5.1, 2A.89); undefined without a number or address.
 * `use` is what the field means where XTN-2 does not say.
 */
export function contactPoint(
  xtn: Repetition,
  use: ContactPoint["use"],
  where: string,
  reading: Reading,
): ContactPoint | undefined {
  const value = numberText(xtn)
  if (value === undefined) return undefined
  const [useCode, equipment] = [xtn.text(2), xtn.text(3)]
  const rank = Number(xtn.text(18))
  return {
    extension: partsOf(xtn),
    system: systemOf(xtn, value),
    _system: beside(equipment, "0202", saidBySystem),
    value,
    // R4 has no equipment: what v2 calls a cellular phone is FHIR's use "mobile".
    use: equipment === "CP" ? "mobile" : (targetOf(telecomUse, useCode)?.code ?? use),
    _use: beside(useCode, "0201", saidByUse),
    rank: Number.isInteger(rank) && rank > 0 ? rank : undefined,
    period: period(xtn.text(13), xtn.text(14), where, reading),
  }
}

/** A number of an organization: it has none of use "home" (org-3), whatever the sender says. */
export function officeNumber(
  xtn: Repetition,
  where: string,
  reading: Reading,
): ContactPoint | undefined {
  const made = contactPoint(xtn, "work", where, reading)
  if (made?.use !== "home") return made
  return { ...made, use: undefined, _use: alternateCode(xtn.text(2) ?? "PRN", "0201") }
}

/** The parts of a number come before its text, and XTN-1 last: it is kept for old senders only. */
function numberText(xtn: Repetition): string | undefined {
  const [email, country, area, local] = [4, 5, 6, 7].map((part) => xtn.text(part))
  if (email?.includes("@")) return email
  if (local !== undefined) {
    const extension = xtn.text(8) === undefined ? undefined : `ext. ${xtn.text(8)}`
    const international = country === undefined ? undefined : `+${country.replace(/^\+/, "")}`
    return [international, area, local, extension].filter(Boolean).join(" ")
  }
  return xtn.text(12) ?? xtn.text(1) ?? email
}

/** The parts of a number one by one; of a TN (2A.74) in one piece, `(057)555-0142X12`, its X. */
function partsOf(xtn: Repetition): Extension[] {
  if (xtn.text(4)?.includes("@")) return []
  const [, inText] = /\dX(\d+)/i.exec(xtn.text(12) ?? xtn.text(1) ?? "") ?? []
  return [
    ...stringExtension("contactpoint-country", xtn.text(5)),
    ...stringExtension("contactpoint-area", xtn.text(6)),
    ...stringExtension("contactpoint-local", xtn.text(7)),
    ...stringExtension("contactpoint-extension", xtn.text(8) ?? inText),
  ]
}

/** By XTN-3 and the value itself; a beeper and a network address are uses in v2. */
function systemOf(xtn: Repetition, value: string): ContactPoint["system"] {
  if (value.includes("@")) return "email"
  if (/^https?:\/\//i.test(value)) return "url"
  const [use, equipment] = [xtn.text(2), xtn.text(3)]
  if (equipment === undefined && use === "BPN") return "pager"
  const system = targetOf(telecomEquipment, equipment)?.code ?? "phone"
  // "Internet" with a number for its value is no e-mail address.
  return system === "email" && equipment !== "X.400" ? "other" : system
}

/** The code of a table, kept beside the element that does not say as much. */
function beside(code: string | undefined, table: string, said: ReadonlySet<string>) {
  return code === undefined || said.has(code) ? undefined : alternateCode(code, table)
}

const saidBySystem: ReadonlySet<string> = new Set(["PH", "FX", "BP", "CP", "Internet"])

const saidByUse: ReadonlySet<string> = new Set(["PRN", "WPN", "PRS", "NET", "BPN"])
