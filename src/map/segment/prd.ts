import type { Practitioner, PractitionerRole, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { concept } from "../type/cwe.ts"
import { period } from "../type/dtm.ts"
import { location } from "../type/pl.ts"
import { practitionerNumber } from "../type/pln.ts"
import { address } from "../type/xad.ts"
import { organization } from "../type/xon.ts"
import { nameText, personName } from "../type/xpn.ts"
import { contactPoint } from "../type/xtn.ts"

/**
 * A PRD (2.5.1, 11.6.3) as a reference to who it names in the role they have here: a
 * PractitionerRole, or the Organization where no person is named. Undefined where nobody is. One
 * without a number (PRD-7) is known by this referral alone, as two people may share a name.
 */
export function provider(
  prd: Segment,
  referral: string,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const [firm] = each(prd, 10, (xon) => organization(xon, reading, mention))
  const person = personOf(prd, reading, mention)
  if (person === undefined) {
    if (firm === undefined) reading.note("PRD: nobody is named; it is left out")
    return firm
  }
  const roles = each(prd, 1, (cwe) => concept(cwe, "PRD-1", reading))
  const [place] = each(prd, 4, (pl) => location(pl, reading, mention))
  const known = person.reference ?? `${referral}|${person.display}`
  const key = [known, firm?.reference ?? "", ...rolesOf(prd)]
  const role: PractitionerRole = {
    resourceType: "PractitionerRole",
    identifier: [own(reading, "PractitionerRole", ...key)],
    period: period(prd.text(8), prd.text(9), "PRD-9", reading),
    practitioner: person,
    organization: firm,
    code: roles,
    location: place && [place],
    telecom: each(prd, 5, (xtn) => contactPoint(xtn, "work", "PRD-5", reading)),
  }
  return { ...mention(role), display: person.display }
}

/** The codes of the roles a PRD has (PRD-1, table 0286). */
export function rolesOf(prd: Segment): string[] {
  return each(prd, 1, (cwe) => cwe.text(1))
}

function personOf(prd: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const names = each(prd, 2, (xpn) => personName(xpn, "PRD-2", reading))
  const [name] = names
  const display = name && nameText(name)
  const [number] = prd.repetitions(7).filter((pln) => pln.text(1) !== undefined)
  if (number === undefined) {
    if (name && prd.raw(3) !== "") {
      reading.note("PRD-3: without a number (PRD-7) the provider is only named")
    }
    return display === undefined ? undefined : { display }
  }
  const assigned = { namespace: number.text(2) ?? "", universalId: "", universalIdType: "" }
  const id = number.text(1) ?? ""
  const resource: Practitioner = {
    resourceType: "Practitioner",
    identifier: [
      own(reading, "Practitioner", patientKey({ id, ...assigned }, reading.sender) ?? id),
      ...each(prd, 7, (pln) => practitionerNumber(pln, "PRD-7", reading)),
    ],
    name: names,
    address: each(prd, 3, (xad) => address(xad, "PRD-3", reading)),
  }
  return { ...mention(resource), display }
}
