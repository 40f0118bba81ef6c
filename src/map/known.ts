import type { FhirResource, Identifier } from "fhir/r4"
import { type Identified, type OwnIdentifier, siteSystem } from "../fhir/identity.ts"
import type { Told } from "../message.ts"
import type { Part } from "./part.ts"

/** A resource as it is to stand at the destination. */
export interface Joined {
  /** The elements, without resourceType and our own identifier. */
  elements: Elements
  /** What the elements refer to. */
  mentions: Identified[]
}

/** The same, and what it took to say so. */
export interface Laid extends Joined {
  /** What this message said, to be remembered. */
  told: Told[]
}

export type Elements = Record<string, unknown>

/** What a message speaks over. */
export interface Layer {
  /** The message's id in the journal. */
  messageId: number
  known: readonly Told[]
  /** The resource that this one goes on from, where its number or its patient was changed. */
  from?: Former | undefined
}

/** What a resource was until now: its name, and the references that are others from now on. */
export interface Former {
  resource: string
  renamed: readonly (readonly [from: string, to: string])[]
}

/** How parts come together; `read`: the elements as they were read at the destination. */
type Join = (said: readonly Said[], read: Elements) => Joined

/**
 * Lays what is known of a resource under what a message says of it (2.5.1, 2.5.3): for each part
 * the newest message counts, so one that omits a field leaves it as it was, and an older message
 * that is sent again turns nothing back. What was read at the destination fills the elements that
 * no message has spoken of. `elementsOf` lists what a part can make, for those that were deleted.
 */
export function layKnown(
  resource: string,
  parts: readonly Part[],
  { messageId, known, from }: Layer,
  elementsOf: (part: string) => readonly string[],
  join: Join = joinParts,
): Laid {
  const own = known.filter((row) => row.resource === resource)
  const passed = from === undefined ? [] : passedOn(known, { from, to: resource, messageId })
  const all = [...passed, ...own]
  // A message that is mapped again speaks for itself, whatever it was understood to say before.
  const before = all.filter((row) => !isRead(row) && row.messageId !== messageId)
  const said = parts.map((part) => ({ ...part, messageId }))
  const newest = newestOf([...before.map(saidBefore), ...said])
  const read = own.some(isRead) ? own.filter(isRead) : passed.filter(isRead)
  const { elements, mentions } = join(newest, elementsIn(read))
  if (read.length > 0) {
    const spoken = newest.flatMap(({ part }) => elementsOf(part))
    fill(elements, read, new Set([...Object.keys(elements), ...spoken]))
  }
  return { elements, mentions, told: [...passed, ...said.map((part) => toldOf(resource, part))] }
}

/**
 * What was known of a resource, as if it had been told of the one that goes on from it: what a
 * message before this one said, and not what was said of the two themselves, whose parts are named
 * for the segment or the event alone.
 */
function passedOn(
  known: readonly Told[],
  { from, to, messageId }: { from: Former; to: string; messageId: number },
): Told[] {
  const renamed = (text: string) =>
    from.renamed.reduce((all, [before, now]) => all.replaceAll(`"${before}"`, `"${now}"`), text)
  return known
    .filter((row) => row.resource === from.resource && row.messageId < messageId)
    .filter(({ part }) => !/^(MRG|A\d\d)\b/.test(part))
    .map((row) => ({ ...row, resource: to, value: row.value && renamed(row.value) }))
}

/** What parts make together, in the order of the fields. */
export function joinParts(parts: readonly Part[]): Joined {
  const elements: Elements = {}
  const mentions: Identified[] = []
  for (const { makes, mentions: others } of inOrder(parts)) {
    if (makes === null) continue
    merge(elements, makes)
    for (const other of others) mentions.push(other)
  }
  return { elements, mentions }
}

/** Most segments' parts come in the order of their fields: to see that costs less than to sort. */
function inOrder(parts: readonly Part[]): readonly Part[] {
  const isBefore = (part: Part, at: number) => at > 0 && byField(parts[at - 1] ?? part, part) > 0
  return parts.some(isBefore) ? parts.toSorted(byField) : parts
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

/** A part, and the message that said it. */
export type Said = Part & { messageId: number }

function toldOf(resource: string, { part, makes, mentions, messageId }: Said): Told {
  const value = makes === null ? null : JSON.stringify({ makes, mentions })
  return { resource, part, value, messageId }
}

function saidBefore({ part, value, messageId }: Told): Said {
  if (value === null) return { part, makes: null, mentions: [], messageId }
  const { makes, mentions } = JSON.parse(value) as Pick<Part, "makes" | "mentions">
  return { part, makes, mentions, messageId }
}

/** For each part what the newest message said. */
function newestOf(all: readonly Said[]): Said[] {
  const newest = new Map<string, Said>()
  for (const said of all) {
    const other = newest.get(said.part)
    if (other === undefined || other.messageId <= said.messageId) newest.set(said.part, said)
  }
  return [...newest.values()]
}

/** By their segment, and PID-5 before PID-13. */
function byField({ part: a }: Part, { part: b }: Part): number {
  if (a.length === b.length) return order(a, b)
  return order(a.slice(0, 3), b.slice(0, 3)) || a.length - b.length
}

/** Not by a collator's, which cost more than half of the joining. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Lists are joined, objects merged, and a single value is set; what was there is left as it is. */
function merge(into: Elements, from: object): Elements {
  const said = from as Elements
  for (const element in said) {
    const value = said[element]
    const before = into[element]
    if (Array.isArray(before) && Array.isArray(value)) into[element] = [...before, ...value]
    else if (isObject(before) && isObject(value)) into[element] = merge({ ...before }, value)
    else into[element] = value
  }
  return into
}

function elementsIn(read: readonly Told[]): Elements {
  return Object.fromEntries(
    read.map(({ part, value }) => [part.slice(readPrefix.length), JSON.parse(value ?? "null")]),
  )
}

function fill(elements: Elements, read: readonly Told[], spoken: ReadonlySet<string>): void {
  for (const { part, value } of read) {
    const element = part.slice(readPrefix.length)
    const there: unknown = JSON.parse(value ?? "null")
    if (isIdentifiers(element, there) && spoken.has(element)) {
      elements[element] = withOthers(elements[element], there)
    } else if (element === "link" && Array.isArray(elements[element]) && Array.isArray(there)) {
      // A registry's own links stand beside those that the merges of this site make.
      elements[element] = [...elements[element], ...there]
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
