import type { Identifier, Location, Reference } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { type Entity, entityIdentifier, entityIn, entityKey } from "./ei.ts"
import { designatorIn, globalSystem, isEmpty } from "./hd.ts"

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
  const parts = { site: 4, building: 7, level: 8, ward: 1, room: 2, bed: 3 }
  const place = placeIn(pl, parts)
  const described = pl.text(9)
  const number = numberOf(pl)
  if (place === undefined && number === undefined) {
    return described === undefined ? undefined : { display: described }
  }
  const { name, key, physicalType, identifier = [] } = place ?? {}
  const numbered = number && entityIdentifier(number, undefined, "location", reading)
  const resource: Location = {
    resourceType: "Location",
    identifier: [
      own(reading, "Location", ...(key ?? ["number", number ? entityKey(number) : ""])),
      ...identifier,
      ...(numbered ? [numbered] : []),
    ],
    name,
    description: described,
    mode: "instance",
    physicalType,
  }
  return { ...mention(resource), display: name ?? described }
}

/** Where the levels of a place stand in a PL or an NDL, by their component. */
export type Levels = Record<"site" | "building" | "level" | "ward" | "room" | "bed", number>

/** A place: its parts from the outside in, what it is, and what it is known by. */
export interface Place {
  name: string
  /** In a fixed order, the missing ones empty. */
  key: string[]
  physicalType: Location["physicalType"]
  /** Its universal ID. */
  identifier: Identifier[]
}

/** The place that the components of a type name; undefined without any. */
export function placeIn(type: Repetition, levels: Levels): Place | undefined {
  const parts = order.map(({ level, ...kind }) => {
    const component = levels[level]
    return { component, part: type.text(component) ?? type.text(component, 2), ...kind }
  })
  const given = parts.filter(({ part }) => part !== undefined)
  const last = given.at(-1)
  if (last === undefined) return undefined
  const { universalId, universalIdType } = designatorIn(type, last.component)
  const uri = globalSystem(universalId, universalIdType)
  return {
    name: given.map(({ part }) => part).join(", "),
    key: parts.map(({ part }) => part ?? ""),
    physicalType: {
      coding: [{ system: physicalTypes, code: last.code, display: last.display }],
    },
    identifier: uri === undefined ? [] : [{ system: "urn:ietf:rfc:3986", value: uri }],
  }
}

const order = [
  { level: "site", code: "si", display: "Site" },
  { level: "building", code: "bu", display: "Building" },
  { level: "level", code: "lvl", display: "Level" },
  { level: "ward", code: "wa", display: "Ward" },
  { level: "room", code: "ro", display: "Room" },
  { level: "bed", code: "bd", display: "Bed" },
] as const

/** PL-10, of the authority it names itself or else of PL-11. */
function numberOf(pl: Repetition): Entity | undefined {
  const number = entityIn(pl, 10)
  const authority = designatorIn(pl, 11)
  return number && isEmpty(number.authority) ? { ...number, authority } : number
}

const physicalTypes = "http://terminology.hl7.org/CodeSystem/location-physical-type"
