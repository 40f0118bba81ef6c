import type { FhirResource, Identifier } from "fhir/r4"
import { type Identified, type OwnIdentifier, siteSystem } from "../fhir/identity.ts"
import type { Told } from "../message.ts"
import type { Part } from "./part.ts"

/** A resource as it is to stand at the destination, and what it took to say so. */
export interface Laid {
  /** The elements, without resourceType and our own identifier. */
  elements: Elements
  /** What the elements refer to. */
  mentions: Identified[]
  /** What this message said, to be remembered. */
  told: Told[]
}

type Elements = Record<string, unknown>

/**
 * Lays what is known of a resource under what a message says of it (2.5.1, 2.5.3): for each part
 * the newest message counts, so one that omits a field leaves it as it was, and an older message
 * that is sent again turns nothing back. What was read at the destination fills the elements that
 * no message has spoken of. `elementsOf` lists what a part can make, for those that were deleted.
 */
export function layKnown(
  resource: string,
  parts: readonly Part[],
  context: { messageId: number; known: readonly Told[] },
  elementsOf: (part: string) => readonly string[],
): Laid {
  const { messageId } = context
  const told = parts.map(({ part, makes, mentions }) => ({
    resource,
    part,
    value: makes === null ? null : JSON.stringify({ makes, mentions }),
    messageId,
  }))
  const known = context.known.filter((row) => row.resource === resource)
  // A message that is mapped again speaks for itself, whatever it was understood to say before.
  const before = known.filter((row) => !isRead(row) && row.messageId !== messageId)
  const newest = newestOf([...before, ...told])
  const elements: Elements = {}
  const mentions: Identified[] = []
  for (const { value } of newest) {
    if (value === null) continue
    const part = JSON.parse(value) as { makes: Elements; mentions: Identified[] }
    merge(elements, part.makes)
    mentions.push(...part.mentions)
  }
  const spoken = new Set([
    ...Object.keys(elements),
    ...newest.flatMap(({ part }) => elementsOf(part)),
  ])
  fill(elements, known.filter(isRead), spoken)
  return { elements, mentions, told }
}

/**
 * A resource read at a destination as rows of what is known: one for each element, but what the
 * server keeps about it (`id`, `meta`, `text`) and our own identifier.
 */
export function readParts(resource: FhirResource, own: OwnIdentifier): Told[] {
  const name = `${resource.resourceType}/${own.value}`
  return Object.entries(resource)
    .map(([element, value]) => [
      element,
      isIdentifiers(element, value) ? others(value, own) : value,
    ])
    .filter(([element, value]) => !serverElements.has(String(element)) && !isEmpty(value))
    .map(([element, value]) => ({
      resource: name,
      part: `${readPrefix}${element}`,
      value: JSON.stringify(value),
      messageId: 0,
    }))
}

/** What a `Told.resource` names: the type, and our own identifier under the site. */
export function ownedResource(site: string, resource: string): [string, OwnIdentifier] {
  const [type = "", value = ""] = resource.split("/")
  return [type, { system: siteSystem(site), value }]
}

const readPrefix = "read:"
const serverElements = new Set(["resourceType", "id", "meta", "implicitRules", "text"])

function isRead(row: Told): boolean {
  return row.part.startsWith(readPrefix)
}

/** For each part the row of the newest message, in the order of the fields. */
function newestOf(rows: readonly Told[]): Told[] {
  const newest = new Map<string, Told>()
  for (const row of rows) {
    const other = newest.get(row.part)
    if (other === undefined || other.messageId <= row.messageId) newest.set(row.part, row)
  }
  return [...newest.values()].sort((a, b) => fieldOrder.compare(a.part, b.part))
}

/** PID-5 before PID-13. */
const fieldOrder = new Intl.Collator("en", { numeric: true })

/** Lists are joined, objects merged, and a single value is set. */
function merge(into: Elements, from: Elements): void {
  for (const [element, value] of Object.entries(from)) {
    const before = into[element]
    if (Array.isArray(before) && Array.isArray(value)) into[element] = [...before, ...value]
    else if (isObject(before) && isObject(value)) merge(before, value)
    else into[element] = value
  }
}

function fill(elements: Elements, read: readonly Told[], spoken: ReadonlySet<string>): void {
  for (const { part, value } of read) {
    const element = part.slice(readPrefix.length)
    const there: unknown = JSON.parse(value ?? "null")
    if (isIdentifiers(element, there) && spoken.has(element)) {
      elements[element] = withOthers(elements[element], there)
    } else if (!spoken.has(element)) elements[element] = there
  }
}

/**
 * Identifiers that others gave the resource at the destination stay: without them a client
 * registry there would lose its patients. Those of a system we speak of are ours to replace.
 */
function withOthers(said: unknown, there: Identifier[]): Identifier[] {
  const ours = isIdentifiers("identifier", said) ? said : []
  const systems = new Set(ours.map(({ system }) => system))
  return [...ours, ...there.filter(({ system }) => !systems.has(system))]
}

function others(identifiers: Identifier[], own: OwnIdentifier): Identifier[] {
  return identifiers.filter(({ system }) => system !== own.system)
}

function isIdentifiers(element: string, value: unknown): value is Identifier[] {
  return element === "identifier" && Array.isArray(value)
}

function isObject(value: unknown): value is Elements {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}
