import type { Practitioner, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { nameUse } from "../vocabulary/name-use.ts"
import { targetOf } from "../vocabulary/target.ts"
import { identifierTypeOf } from "./cx.ts"
import { designatorIn, systemOf } from "./hd.ts"
import { humanName, nameText } from "./xpn.ts"

/**
 * A person with a number (2.5.1, 2A.86) as a reference to a Practitioner, which is mentioned. One
 * without a number is only named in the reference: two people may share a name. A number without
 * an assigner is its sender's own: another system's number 5 is somebody else.
 */
export function practitioner(
  xcn: Repetition,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const name = humanName({
    use: targetOf(nameUse, xcn.text(10))?.code,
    family: xcn.text(2),
    given: [xcn.text(3), xcn.text(4)],
    prefix: [xcn.text(6)],
    suffix: [xcn.text(5), xcn.text(7)],
  })
  const display = name && nameText(name)
  const id = xcn.text(1)
  if (id === undefined) return display === undefined ? undefined : { display }
  const authority = designatorIn(xcn, 9)
  const key = patientKey({ id, ...authority }, reading.sender) ?? id
  const resource: Practitioner = {
    resourceType: "Practitioner",
    identifier: [
      own(reading, "Practitioner", key),
      {
        type: identifierTypeOf(xcn.text(13)),
        system: systemOf(authority, reading.sender, reading),
        value: id,
      },
    ],
    name: name && [name],
  }
  return { ...mention(resource), display }
}
