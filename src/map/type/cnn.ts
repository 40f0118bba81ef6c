import type { Practitioner, Reference } from "fhir/r4"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { systemOf } from "./hd.ts"
import { humanName, nameText } from "./xpn.ts"

/**
 * A person's number and name without authority (CNN, 2.5.1, 2A.9) as a reference to a
 * Practitioner, which is mentioned and known as an XCN's is; one without a number is only named.
 * `part` gives its parts by their number, wherever they stand.
 */
export function namedPractitioner(
  part: (number: number) => string | undefined,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const name = humanName({
    family: part(2),
    given: [part(3), part(4)],
    prefix: [part(6)],
    suffix: [part(5), part(7)],
  })
  const display = name && nameText(name)
  const id = part(1)
  if (id === undefined) return display === undefined ? undefined : { display }
  const authority = {
    namespace: part(9) ?? "",
    universalId: part(10) ?? "",
    universalIdType: part(11) ?? "",
  }
  const key = patientKey({ id, ...authority }, reading.sender) ?? id
  const resource: Practitioner = {
    resourceType: "Practitioner",
    identifier: [
      own(reading, "Practitioner", key),
      { system: systemOf(authority, reading.sender, reading), value: id },
    ],
    name: name && [name],
  }
  return { ...mention(resource), display }
}
