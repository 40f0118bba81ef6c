import type { Identifier, Location, Organization, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { assignerOf, checkDigit, identifierTypeOf } from "./cx.ts"
import { designatorIn, systemOf } from "./hd.ts"

/**
 * An organization (2.5.1, 2A.87) as a reference to an Organization, which is mentioned. It is
 * known by its number, else by its name: within one site a name stands for one organization.
 */
export function organization(
  xon: Repetition,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const known = identityOf(xon, reading)
  if (known === undefined) return undefined
  const { key, name, identifier } = known
  const resource: Organization = {
    resourceType: "Organization",
    identifier: [own(reading, "Organization", key), ...identifier],
    name: name ?? xon.text(10) ?? xon.text(3),
  }
  return { ...mention(resource), display: name }
}

/**
 * The place that an organization works at, as a reference to a Location, which is mentioned.
 * `further`: what other fields say of it.
 */
export function facility(
  xon: Repetition,
  further: Pick<Location, "address" | "telecom" | "managingOrganization">,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const known = identityOf(xon, reading)
  if (known === undefined) return undefined
  const { key, name, identifier } = known
  const resource: Location = {
    resourceType: "Location",
    identifier: [own(reading, "Location", "organization", key), ...identifier],
    name: name ?? xon.text(10) ?? xon.text(3),
    mode: "instance",
    ...further,
  }
  return { ...mention(resource), display: name }
}

/** What tells one organization from others, and the number it goes by. */
function identityOf(
  xon: Repetition,
  reading: Reading,
): { key: string; name: string | undefined; identifier: Identifier[] } | undefined {
  const name = xon.component(1)
  const id = xon.text(10) ?? xon.text(3)
  const authority = designatorIn(xon, 6)
  const number = patientKey({ id: id ?? "", ...authority }, reading.sender)
  const key = number ?? (name && `name|${name}`)
  if (!key) return undefined
  if (id === undefined) return { key, name, identifier: [] }
  const numbered: Identifier = {
    extension: checkDigit(xon.text(4), xon.text(5)),
    type: identifierTypeOf(xon.text(7)),
    system: systemOf(authority, reading.sender, reading),
    value: id,
    assigner: assignerOf(authority.namespace || xon.text(8)),
  }
  return { key, name, identifier: [numbered] }
}
