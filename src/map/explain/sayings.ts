import type { Bundle, FhirResource } from "fhir/r4"
import { ownIdentifierOf } from "../../fhir/identity.ts"

/** What one Bundle says and another one does not. */
export interface Contrast {
  /** Of the resources' elements, those of the first Bundle before those of the other. */
  elements: Saying[]
  /** Which resources these are: the type, and our own identifier. */
  keys: Saying[]
  /** Whether the other has fewer resources of some type. */
  fewer: boolean
}

/** One thing said at one place, the positions in lists left out. */
export interface Saying {
  /** `Patient.name.family`; of a key the type alone. */
  path: string
  value: unknown
  times: number
}

/** How two Bundles of one site differ; a resource that stands in both is not looked into. */
export function contrast(one: Bundle, other: Bundle, site: string): Contrast {
  const before = new Map(one.entry?.map(({ fullUrl, resource }) => [fullUrl, resource]))
  const same = new Set<string | undefined>()
  for (const { fullUrl, resource } of other.entry ?? []) {
    if (Bun.deepEquals(before.get(fullUrl), resource)) same.add(fullUrl)
  }
  const [first, second] = [sayingsOf(one, site, same), sayingsOf(other, site, same)]
  return {
    elements: differences(first.elements, second.elements),
    keys: differences(first.keys, second.keys),
    fewer: [...first.types].some(([type, count]) => (second.types.get(type) ?? 0) < count),
  }
}

/** What a Bundle says, as it is compared with another: each saying, and how often. */
export interface Sayings {
  elements: Map<string, Saying>
  keys: Map<string, Saying>
  /** How many resources of each type there are. */
  types: Map<string, number>
}

/**
 * Takes a Bundle apart, but for the resources `same` names by their fullUrl. What a message is
 * never said to carry is left out: the digest of its bytes, and what the Provenance points to. A
 * reference counts by the type it leads to, since which one that is follows from its key.
 */
export function sayingsOf(
  bundle: Bundle,
  site: string,
  same: ReadonlySet<string | undefined> = new Set(),
): Sayings {
  const all: Sayings = { elements: new Map(), keys: new Map(), types: new Map() }
  const types = new Map(bundle.entry?.map((one) => [one.fullUrl, one.resource?.resourceType]))
  const own = `urn:waystation:${site}`
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, path)
    else if (typeof value === "object" && value !== null) {
      if (isOurs(value, own)) return
      for (const [element, below] of Object.entries(value)) walk(below, `${path}.${element}`)
    } else if (value !== undefined) {
      const leadsTo = types.get(String(value))
      add(all.elements, path, leadsTo === undefined ? value : `a ${leadsTo}`)
    }
  }
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (resource === undefined || same.has(fullUrl)) continue
    const { resourceType, ...elements } = resource
    all.types.set(resourceType, (all.types.get(resourceType) ?? 0) + 1)
    const key = ownIdentifierOf(site, resource as FhirResource)
    if (key !== undefined) add(all.keys, resourceType, key.value)
    const compared = resourceType === "Provenance" ? { ...elements, target: undefined } : elements
    walk(compared, resourceType)
  }
  return all
}

/** What is said at another place, or not as often, in either of the two; the first one's first. */
export function differences(one: Map<string, Saying>, other: Map<string, Saying>): Saying[] {
  const more = (from: Map<string, Saying>, than: Map<string, Saying>) =>
    [...from].filter(([key, { times }]) => times > (than.get(key)?.times ?? 0))
  return [...more(one, other), ...more(other, one)].map(([, saying]) => saying)
}

/** Our own identifier and the digest of the message, which no field of it says. */
function isOurs(value: object, own: string): boolean {
  return "system" in value && (value.system === own || value.system === `${own}:sha256`)
}

function add(to: Map<string, Saying>, path: string, value: unknown): void {
  const key = `${path}\n${typeof value}\n${value}`
  const before = to.get(key)
  if (before === undefined) to.set(key, { path, value, times: 1 })
  else before.times++
}
