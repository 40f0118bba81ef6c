import type { Location, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { type Entity, entityIdentifier, entityIn, entityKey } from "./ei.ts"
import { designatorIn, isEmpty } from "./hd.ts"
import { levelsIn, place, placeType } from "./place.ts"

/**
 * A person location (2.5.1, 2A.53) as a reference to the bed, room or ward itself, in the places
 * around it: all of them are mentioned. `further`: what other fields say of that innermost one.
 */
export function location(
  pl: Repetition,
  reading: Reading,
  mention: Mention,
  further: Pick<Location, "address" | "description"> = {},
): Reference | undefined {
  const number = numberOf(pl)
  const described = pl.text(9)
  const innermost: Partial<Location> = {
    identifier: number && [entityIdentifier(number, undefined, "location", reading)],
    ...further,
    type: placeType(pl.text(6), reading),
    description: described ?? further.description,
  }
  const named = place(levelsIn(pl, levels), innermost, reading, mention)
  if (named !== undefined) return named
  if (number === undefined) return described === undefined ? undefined : { display: described }
  const numbered: Location = {
    resourceType: "Location",
    ...innermost,
    identifier: [
      own(reading, "Location", "number", entityKey(number)),
      ...(innermost.identifier ?? []),
    ],
    mode: "instance",
  }
  return { ...mention(numbered), display: described }
}

/** Facility, building, floor, point of care, room, bed. */
const levels = [4, 7, 8, 1, 2, 3]

/** PL-10, of the authority it names itself or else of PL-11. */
function numberOf(pl: Repetition): Entity | undefined {
  const number = entityIn(pl, 10)
  const authority = designatorIn(pl, 11)
  return number && isEmpty(number.authority) ? { ...number, authority } : number
}
