import type { FhirResource, Identifier } from "fhir/r4"

/** The resources whose R4 definition has a list of identifiers, of which one is ours. */
export type Identified = Extract<FhirResource, { identifier?: Identifier[] }>

/** Our own identifier of a resource: the site's system, and a UUID. */
export type OwnIdentifier = { system: string; value: string }

/**
 * The identifier a resource is known by at every destination: the UUIDv5 of its type and business
 * key under the site, so that the same fact always lands on the same resource and two sites never
 * meet in one.
 */
export function ownIdentifier(site: string, type: string, ...key: string[]): OwnIdentifier {
  // JSON keeps the parts of a key apart whatever characters they hold.
  const name = JSON.stringify([site, type, ...key])
  return { system: siteSystem(site), value: Bun.randomUUIDv5(name, namespace) }
}

/**
 * The system of what is unique within the site only: without a name that of our own identifiers,
 * with one that of a local assigner or code table.
 */
export function siteSystem(site: string, name?: string): string {
  const own = ownSystems.get(site) ?? ownSystemOf(site)
  return name === undefined ? own : `${own}:${encodedOf(name)}`
}

/** By the site, of which a process has one: one made anew is compared and written as a new text. */
const ownSystems = new Map<string, string>()

function ownSystemOf(site: string): string {
  const system = `urn:waystation:${site}`
  ownSystems.set(site, system)
  return system
}

/** What is asked for are the few senders, assigners and code tables of a site, again and again. */
function encodedOf(name: string): string {
  const before = encoded.get(name)
  if (before !== undefined) return before
  const made = encodeURIComponent(name)
  if (encoded.size >= encodedMax) encoded.clear()
  if (name.length < encodedLengthMax) encoded.set(name, made)
  return made
}

const encoded = new Map<string, string>()
const encodedMax = 1_000
const encodedLengthMax = 100

/** Our own identifier among those of a resource; undefined where it has none. */
export function ownIdentifierOf(site: string, resource: FhirResource): OwnIdentifier | undefined {
  if (!("identifier" in resource) || !Array.isArray(resource.identifier)) return undefined
  const system = siteSystem(site)
  const [first] = resource.identifier
  // It is the first of what our maps make, and to ask that first costs a third of looking for it.
  const own =
    first?.system === system
      ? first
      : resource.identifier.find(({ system: other }) => other === system)
  return own?.value === undefined ? undefined : { system, value: own.value }
}

/** A reference to a resource of the same transaction. */
export function referenceTo(own: OwnIdentifier): { reference: string } {
  return { reference: `urn:uuid:${own.value}` }
}

/** Drawn once, for Waystation. Another one would make every resource anew at every destination. */
const namespace = Buffer.from("6f2c1d0e8b1a4a539d0e3f6c7a5b9e21", "hex")
