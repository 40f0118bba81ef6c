import type { ContactPoint } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { telecomEquipment } from "../vocabulary/decided.ts"
import { targetOf } from "../vocabulary/target.ts"
import { telecomUse } from "../vocabulary/telecom-use.ts"
import { period } from "./dtm.ts"

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
  const rank = Number(xtn.text(18))
  return {
    system: systemOf(xtn.text(3), value),
    value,
    // R4 has no equipment: what v2 calls a cellular phone is FHIR's use "mobile".
    use: xtn.text(3) === "CP" ? "mobile" : (targetOf(telecomUse, xtn.text(2))?.code ?? use),
    rank: Number.isInteger(rank) && rank > 0 ? rank : undefined,
    period: period(xtn.text(13), xtn.text(14), where, reading),
  }
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

function systemOf(equipment: string | undefined, value: string): ContactPoint["system"] {
  if (value.includes("@")) return "email"
  const system = targetOf(telecomEquipment, equipment)?.code ?? "phone"
  // "Internet" with a number for its value is no e-mail address.
  return system === "email" ? "other" : system
}
