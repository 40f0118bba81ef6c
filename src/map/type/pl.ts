import type { Location, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"

/**
 * A person location (2.5.1, 2A.53) as a reference to one Location, which is mentioned: the bed,
 * room or ward itself, so that central can search by it. The chain above it (room, floor,
 * building, facility) is in its key and its name, not in resources of its own.
 */
export function location(
  pl: Repetition,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const levels = [
    { part: pl.text(4), code: "si", display: "Site" },
    { part: pl.text(7), code: "bu", display: "Building" },
    { part: pl.text(8), code: "lvl", display: "Level" },
    { part: pl.text(1), code: "wa", display: "Ward" },
    { part: pl.text(2), code: "ro", display: "Room" },
    { part: pl.text(3), code: "bd", display: "Bed" },
  ]
  const given = levels.filter(({ part }) => part !== undefined)
  const last = given.at(-1)
  const description = pl.text(9)
  if (last === undefined) return description === undefined ? undefined : { display: description }
  const name = given.map(({ part }) => part).join(", ")
  const resource: Location = {
    resourceType: "Location",
    identifier: [own(reading, "Location", ...levels.map(({ part }) => part ?? ""))],
    name,
    description,
    mode: "instance",
    physicalType: {
      coding: [{ system: physicalType, code: last.code, display: last.display }],
    },
  }
  return { ...mention(resource), display: name }
}

const physicalType = "http://terminology.hl7.org/CodeSystem/location-physical-type"
