import type { HumanName, Identifier, Practitioner, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { degree } from "../vocabulary/degree.ts"
import { targetOf } from "../vocabulary/target.ts"
import { assignerOf, checkDigit, identifierTypeOf } from "./cx.ts"
import { period } from "./dtm.ts"
import { designatorIn, systemOf } from "./hd.ts"
import { assemblyOrder, humanName, nameText, nameType, surname } from "./xpn.ts"

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
  const name = providerName(xcn, reading)
  const display = name && nameText(name)
  const id = xcn.text(1)
  if (id === undefined) return display === undefined ? undefined : { display }
  const key = patientKey({ id, ...designatorIn(xcn, 9) }, reading.sender) ?? id
  const number = personNumber(xcn, reading)
  const resource: Practitioner = {
    resourceType: "Practitioner",
    identifier: [own(reading, "Practitioner", key), ...(number ? [number] : [])],
    name: name && [name],
    qualification: qualificationOf(xcn.text(7)),
  }
  return { ...mention(resource), display }
}

/** The number of an XCN; undefined where it has none. */
export function personNumber(xcn: Repetition, reading: Reading): Identifier | undefined {
  const value = xcn.text(1)
  if (value === undefined) return undefined
  const authority = designatorIn(xcn, 9)
  return {
    extension: checkDigit(xcn.text(11), xcn.text(12)),
    type: identifierTypeOf(xcn.text(13)),
    system: systemOf(authority, reading.sender, reading),
    value,
    assigner: assignerOf(authority.namespace || xcn.text(14)),
  }
}

/** The name of an XCN; undefined when it names nobody. */
export function providerName(xcn: Repetition, reading: Reading): HumanName | undefined {
  return humanName({
    extension: assemblyOrder(xcn.text(18)),
    ...nameType(xcn.text(10), "XCN-10", reading),
    ...surname(xcn, 2),
    given: [xcn.text(3), xcn.text(4)],
    prefix: [xcn.text(6)],
    suffix: [xcn.text(5), xcn.text(7), xcn.text(21)],
    period: period(
      xcn.text(19) ?? xcn.text(17, 1),
      xcn.text(20) ?? xcn.text(17, 2),
      "XCN-17",
      reading,
    ),
  })
}

/** A degree (table 0360) as the guide wants it, besides standing behind the name. */
function qualificationOf(code: string | undefined): Practitioner["qualification"] {
  if (code === undefined) return undefined
  const target = targetOf(degree, code)
  return [{ code: target ? { coding: [target] } : { text: code } }]
}
