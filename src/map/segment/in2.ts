import type { Identifier } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { identifier, identifierTypeOf } from "../type/cx.ts"

/**
 * The numbers that IN2 (2.5.1, 6.5.7) gives the patient as a member: IN2-61, and those of Medicare
 * (IN2-6) and Medicaid (IN2-8), which no assigner is named for.
 */
export function memberNumbers(in2: Segment | undefined, reading: Reading): Identifier[] {
  if (in2 === undefined) return []
  return [
    ...each(in2, 61, (cx) => identifier(cx, "member", "IN2-61", reading)),
    ...plain(in2.text(6), "MC", "medicare", reading),
    ...plain(in2.text(8), "MA", "medicaid", reading),
  ]
}

/** The numbers of the insured person: as an employee (IN2-1) and of social security (IN2-2). */
export function insuredNumbers(in2: Segment | undefined, reading: Reading): Identifier[] {
  if (in2 === undefined) return []
  return [
    ...each(in2, 1, (cx) => identifier(cx, "employee", "IN2-1", reading)),
    ...plain(in2.text(2), "SS", "ssn", reading),
  ]
}

function plain(
  value: string | undefined,
  type: string,
  local: string,
  { site }: Reading,
): Identifier[] {
  if (value === undefined) return []
  return [{ type: identifierTypeOf(type), system: siteSystem(site.id, local), value }]
}
