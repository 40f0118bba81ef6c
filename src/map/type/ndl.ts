import type { PractitionerRole, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { period } from "./dtm.ts"
import { systemOf } from "./hd.ts"
import { levelsIn, place, placeKey } from "./place.ts"
import { humanName, nameText } from "./xpn.ts"

/**
 * A name with date and location (2.5.1, 2A.44): the person, and where the sender tells when or
 * where they worked, the PractitionerRole that says so, which is mentioned.
 */
export function worker(
  ndl: Repetition,
  field: string,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const person = namedPerson(ndl, reading)
  if (person === undefined || !inSubcomponents(ndl)) return person
  const worked = period(ndl.text(2), ndl.text(3), field, reading)
  const where = levelsIn(ndl, levels)
  const location = place(where, {}, reading, mention)
  if (worked === undefined && location === undefined) return person
  const key = [person.identifier?.system, person.identifier?.value, person.display]
  const times = [worked?.start, worked?.end]
  const parts = [...key, ...times, ...(location ? placeKey(where) : [])]
  const role: PractitionerRole = {
    resourceType: "PractitionerRole",
    identifier: [own(reading, "PractitionerRole", ...parts.map((part) => part ?? ""))],
    period: worked,
    practitioner: person,
    location: location && [location],
  }
  return { ...mention(role), display: person.display }
}

/** Facility, building, floor, point of care, room, bed. */
const levels = [7, 10, 11, 4, 5, 6]

/**
 * The person of an NDL as a reference that only names them: its CNN has too little of an assigner
 * to make a Practitioner by. Senders up to 2.3 put the parts of the name into components.
 */
function namedPerson(ndl: Repetition, reading: Reading): Reference | undefined {
  const whole = inSubcomponents(ndl)
  const part = (number: number) => (whole ? ndl.text(1, number) : ndl.text(number))
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

function inSubcomponents(ndl: Repetition): boolean {
  return ndl.text(1, 2) !== undefined || /^\d*$/.test(ndl.text(2) ?? "")
}
