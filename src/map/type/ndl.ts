import type { Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { systemOf } from "./hd.ts"
import { humanName, nameText } from "./xpn.ts"

/**
 * A name with date and location (2.5.1, 2A.44) as a reference that only names the person: its CNN
 * has too little of an assigner to make a Practitioner by. Senders up to 2.3 put the parts of the
 * name into components.
 */
export function namedPerson(ndl: Repetition, reading: Reading): Reference | undefined {
  const inSubcomponents = ndl.text(1, 2) !== undefined || /^\d*$/.test(ndl.text(2) ?? "")
  const part = (number: number) => (inSubcomponents ? ndl.text(1, number) : ndl.text(number))
  const name = humanName({
    family: part(2),
    given: [part(3), part(4)],
    prefix: [part(6)],
    suffix: [part(5), part(7)],
  })
  const id = part(1)
  if (name === undefined && id === undefined) return undefined
  const authority = {
    namespace: part(9) ?? "",
    universalId: part(10) ?? "",
    universalIdType: part(11) ?? "",
  }
  return {
    type: "Practitioner",
    identifier:
      id === undefined
        ? undefined
        : { system: systemOf(authority, "practitioner", reading), value: id },
    display: name && nameText(name),
  }
}
