import type { Address, CodeableConcept, Identifier, Location, Reference } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Repetition } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codeText } from "./cwe.ts"
import { type Designator, designatorIn, globalSystem, universalType } from "./hd.ts"

/** A place by its levels, from the outside in, as `kinds` has them; a level nobody named is not. */
export type Levels = readonly (Designator | undefined)[]

/** The levels of a place in the components of a type, which are given in the order of `kinds`. */
export function levelsIn(type: Repetition, components: readonly number[]): Levels {
  return components.map((at) =>
    type.text(at) === undefined && type.text(at, 2) === undefined
      ? undefined
      : designatorIn(type, at),
  )
}

/** What tells one place from another: the names of its levels, the missing ones empty. */
export function placeKey(levels: Levels): string[] {
  return levels.map((level) => level?.namespace || level?.universalId || "")
}

/**
 * A place as a reference to its innermost Location, which is `partOf` the one around it and so on;
 * undefined where no level is named. They are mentioned, the outer ones first, and each is known by
 * its whole path: bed 3 of one ward is never that of another, and a ward is one Location whichever
 * of its beds is told of. `innermost`: what is said of that one alone.
 */
export function place(
  levels: Levels,
  innermost: Partial<Location>,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const names = placeKey(levels)
  const last = names.findLastIndex((name) => name !== "")
  const key = kinds.map(() => "")
  let partOf: Reference | undefined
  let path = ""
  // The names around, each at its own place, for the system of what is unique only within them.
  let around = ""
  let empty = ""
  for (let at = 0; at <= last; at++) {
    const [level, kind, name = ""] = [levels[at], kinds[at], names[at]]
    if (level !== undefined && kind !== undefined) {
      path = path === "" ? name : `${path}, ${name}`
      key[at] = name
      const system = `${siteSystem(reading.site.id, kind.word)}${around}`
      const identifier = [own(reading, "Location", ...key), ...identifiers(level, system)]
      const resource: Location = {
        resourceType: "Location",
        identifier,
        name: path,
        mode: "instance",
        physicalType: kind.type,
        partOf,
      }
      partOf = mention(at === last ? withMore(resource, innermost) : resource)
      around = `${around}${empty}:${encodeURIComponent(name)}`
      empty = ""
    } else empty = `${empty}:`
  }
  return partOf && { ...partOf, display: path }
}

/**
 * A place that only its address names is known by that, as an organization is by its name.
 * `called`: what else is said of where it is.
 */
export function placeAddressed(
  address: Address,
  called: string | undefined,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const { line = [], city, district, state, postalCode, country } = address
  const parts = [called, ...line, city, district, state, postalCode, country]
  if (parts.every((part) => part === undefined)) return undefined
  const name = parts.filter((part) => part !== undefined).join(", ")
  const resource: Location = {
    resourceType: "Location",
    identifier: [own(reading, "Location", "address", ...parts.map((part) => part ?? ""))],
    name,
    mode: "instance",
    address,
  }
  return { ...mention(resource), display: name }
}

/**
 * What kind of place it is (PL-6 and NDL-9, table 0305), which is of the whole of it and so of its
 * innermost level; a code outside the table is the site's own.
 */
export function placeType(text: string | undefined, reading: Reading): CodeableConcept[] {
  const code = codeText(text)
  if (code === undefined) return []
  const display = Object.hasOwn(table0305, code) ? table0305[code] : undefined
  const system = display
    ? "http://terminology.hl7.org/CodeSystem/v2-0305"
    : siteSystem(reading.site.id, "0305")
  return [{ coding: [{ system, code, display }] }]
}

const table0305: Readonly<Record<string, string>> = {
  C: "Clinic",
  D: "Department",
  H: "Home",
  N: "Nursing Unit",
  O: "Provider's Office",
  P: "Phone",
  S: "SNF",
}

function withMore(resource: Location, { identifier = [], ...more }: Partial<Location>): Location {
  return { ...resource, ...more, identifier: [...(resource.identifier ?? []), ...identifier] }
}

/**
 * What a level is called, which is its number within the place around it, and its universal ID. One
 * that is no URI is kept with its type: what it is unique among only its sender knows.
 */
function identifiers(
  { namespace, universalId, universalIdType }: Designator,
  system: string,
): Identifier[] {
  const named = namespace === "" ? [] : [{ system, value: namespace }]
  if (universalId === "") return named
  const type = universalType(universalIdType)
  const uri = globalSystem(universalId, universalIdType)
  if (uri === undefined) return [...named, { type, value: universalId }]
  return [...named, { type, system: "urn:ietf:rfc:3986", value: uri }]
}

/**
 * The levels from the most general to the most specific (2.5.1, 2A.53: "facility, building, floor,
 * point of care, room, bed"). The guide has floors inside a point of care and leaves that to be
 * adjusted; HL7's own order holds for a hospital whose wards are on floors.
 */
const kinds = [
  kind("si", "Site"),
  kind("bu", "Building"),
  kind("lvl", "Level"),
  kind("wa", "Ward"),
  kind("ro", "Room"),
  kind("bd", "Bed"),
]

function kind(code: string, display: string): { word: string; type: CodeableConcept } {
  const system = "http://terminology.hl7.org/CodeSystem/location-physical-type"
  return { word: display.toLowerCase(), type: { coding: [{ system, code, display }] } }
}
