import type { AccountGuarantor, Identifier, Reference, RelatedPerson } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { translated } from "../type/cwe.ts"
import { identifier, identifierTypeOf } from "../type/cx.ts"
import { date, period } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
import { language } from "../type/language.ts"
import { address } from "../type/xad.ts"
import { organization } from "../type/xon.ts"
import { personName } from "../type/xpn.ts"
import { contactPoint } from "../type/xtn.ts"
import { relationship } from "../vocabulary/relationship.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * A GT1 (2.5.1, 6.5.5) as who answers for an account: the patient, another person (`state` takes
 * in the RelatedPerson), or an organization (GT1-21). Undefined when it names nobody.
 */
export function guarantor(
  gt1: Segment,
  patient: Reference,
  reading: Reading,
  { mention, state }: { mention: Mention; state: (person: RelatedPerson) => Reference },
): AccountGuarantor | undefined {
  const held = period(gt1.text(13), gt1.text(14), "GT1-13", reading)
  if (gt1.text(11) === "SEL") return { party: patient, period: held }
  const person = guarantorPerson(gt1, patient, reading)
  const [company] = each(gt1, 21, (xon) => organization(xon, reading, mention))
  const party = person ? state(person) : company
  if (party === undefined) reading.note("GT1-3: no guarantor is named; it is left out")
  return party && { party, period: held }
}

/** The person a GT1 names; undefined for one that has neither a name nor a number. */
function guarantorPerson(
  gt1: Segment,
  patient: Reference,
  reading: Reading,
): RelatedPerson | undefined {
  const names = each(gt1, 3, (xpn) => personName(xpn, "GT1-3", reading))
  const own = relatedIdentity(names[0], gt1.repetitions(2)[0], patient, reading)
  if (own === undefined) return undefined
  const [spoken] = each(gt1, 36, (cwe) => language(cwe, reading))
  return {
    resourceType: "RelatedPerson",
    identifier: [
      own,
      ...each(gt1, 2, (cx) => identifier(cx, "guarantor", "GT1-2", reading)),
      ...socialSecurity(gt1.text(12), reading),
    ],
    patient,
    relationship: each(gt1, 11, (cwe) =>
      translated(cwe, targetOf(relationship, cwe.text(1)), "GT1-11", reading),
    ),
    name: names,
    telecom: [
      ...each(gt1, 6, (xtn) => contactPoint(xtn, "home", "GT1-6", reading)),
      ...each(gt1, 7, (xtn) => contactPoint(xtn, "work", "GT1-7", reading)),
    ],
    gender: gt1.text(9) === undefined ? undefined : gender(gt1, 9, reading),
    birthDate: date(gt1.text(8), "GT1-8", reading),
    address: each(gt1, 5, (xad) => address(xad, "GT1-5", reading)),
    communication: spoken && [{ language: spoken }],
  }
}

function socialSecurity(value: string | undefined, { site }: Reading): Identifier[] {
  if (value === undefined) return []
  return [{ type: identifierTypeOf("SS"), system: siteSystem(site.id, "ssn"), value }]
}
