import type { PractitionerRole, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { namedPractitioner } from "./cnn.ts"
import { period } from "./dtm.ts"
import { levelsIn, place, placeKey, placeType } from "./place.ts"

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
  const person = personIn(ndl, reading, mention)
  if (person === undefined || !inSubcomponents(ndl)) return person
  const worked = period(ndl.text(2), ndl.text(3), field, reading)
  const where = levelsIn(ndl, levels)
  const location = place(where, { type: placeType(ndl.text(9), reading) }, reading, mention)
  if (worked === undefined && location === undefined) return person
  const key = [person.reference ?? person.display]
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

/** The person of an NDL. Senders up to 2.3 put the parts of the name into components. */
function personIn(ndl: Repetition, reading: Reading, mention: Mention): Reference | undefined {
  const whole = inSubcomponents(ndl)
  const part = (number: number) => (whole ? ndl.text(1, number) : ndl.text(number))
  return namedPractitioner(part, reading, mention)
}

function inSubcomponents(ndl: Repetition): boolean {
  return ndl.text(1, 2) !== undefined || /^\d*$/.test(ndl.text(2) ?? "")
}
