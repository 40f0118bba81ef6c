import type { Binary, Bundle, BundleEntry, FhirResource, Provenance, Reference } from "fhir/r4"
import { compact } from "./compact.ts"
import {
  type Identified,
  type OwnIdentifier,
  ownIdentifier,
  ownIdentifierOf,
  referenceTo,
} from "./identity.ts"

/**
 * A transaction Bundle in the making. Every resource brings our own identifier, which is also its
 * fullUrl; a resource that is added twice stands in it once. The same calls give the same Bundle
 * byte for byte.
 */
export class Transaction {
  readonly #site: string
  /** By their fullUrl, which is also how the others refer to them. */
  readonly #entries = new Map<string, BundleEntry>()

  /** What each entry refers to. */
  readonly #references = new Map<string, string[]>()

  readonly #passedOver = new Set<string>()

  constructor(site: string) {
    this.#site = site
  }

  /** Adds a resource that the message owns: a conditional update by our identifier. */
  update(resource: Identified): Reference {
    const { found, by, reference } = this.#findable(resource)
    const url = `${resource.resourceType}?${by}`
    const before = this.#entries.get(reference)
    if (before?.request?.method !== "PUT") this.#add(reference, found, { method: "PUT", url })
    else if (!Bun.deepEquals(before.resource, compact(found))) {
      this.#passedOver.add(resource.resourceType)
    }
    return { reference }
  }

  /**
   * Adds a resource that the message only mentions: created where absent, never overwritten. What a
   * second mention of it says that the first does not, joins it.
   */
  create(resource: Identified): Reference {
    const { found, by: ifNoneExist, reference } = this.#findable(resource)
    const before = this.#entries.get(reference)
    if (before === undefined) {
      this.#add(reference, found, { method: "POST", url: resource.resourceType, ifNoneExist })
    } else if (before.request?.method === "POST" && ofParts.has(resource.resourceType)) {
      this.#complete(before, before.resource as Identified, found)
    }
    return { reference }
  }

  /** `create` for the two types that have no identifier in R4: they carry ours in `meta.tag`. */
  createTagged(resource: Provenance | Binary, ...key: string[]): Reference {
    const type = resource.resourceType
    const own = ownIdentifier(this.#site, type, ...key)
    const tagged = withTag(resource, own)
    const ifNoneExist = `_tag=${own.system}|${own.value}`
    const { reference } = referenceTo(own)
    if (!this.#entries.has(reference)) {
      this.#add(reference, tagged, { method: "POST", url: type, ifNoneExist })
    }
    return { reference }
  }

  /** The types of which a second one with the key of the first said something else. */
  passedOver(): string[] {
    return [...this.#passedOver]
  }

  /** References to everything added so far, in that order. */
  references(): Reference[] {
    return [...this.#entries.keys()].map((reference) => ({ reference }))
  }

  /** The Bundle. Throws when a resource refers to one that was not added: the map has a bug. */
  bundle(): Bundle {
    for (const [fullUrl, references] of this.#references) {
      for (const reference of references) {
        if (this.#entries.has(reference) || !reference.startsWith("urn:uuid:")) continue
        throw new Error(`${this.#entries.get(fullUrl)?.resource?.resourceType} refers to nothing`)
      }
    }
    return { resourceType: "Bundle", type: "transaction", entry: [...this.#entries.values()] }
  }

  /** The resource as a server finds it again, and by what. */
  #findable(resource: Identified): { found: Identified; by: string; reference: string } {
    const own = ownIdentifierOf(this.#site, resource)
    if (own === undefined) throw new Error(`a ${resource.resourceType} without our identifier`)
    const { reference } = referenceTo(own)
    const token = `${own.system}|${own.value}`
    if (resource.resourceType !== "ObservationDefinition") {
      return { found: resource, by: `identifier=${token}`, reference }
    }
    // R4 gives it an identifier, and no search parameter for it.
    return { found: withTag(resource, own), by: `_tag=${token}`, reference }
  }

  #complete(entry: BundleEntry, before: Identified, resource: Identified) {
    const { fullUrl = "" } = entry
    const said = Object.entries(resource).filter(([element]) => !(element in before))
    const there = before.identifier ?? []
    const others = (resource.identifier ?? []).filter(
      ({ system }) => !there.some((one) => one.system === system),
    )
    if (said.length === 0 && others.length === 0) return
    const more = { ...Object.fromEntries(said), identifier: others }
    const joining = compact(more, this.#references.get(fullUrl))
    if (joining === undefined) return
    const identifier = [...there, ...(joining.identifier ?? [])]
    const whole = { ...before, ...joining, identifier } as Identified
    this.#entries.set(fullUrl, { ...entry, resource: whole })
  }

  #add(fullUrl: string, resource: FhirResource, request: BundleEntry["request"]) {
    const references: string[] = []
    const kept = compact(resource, references)
    if (kept === undefined) throw new Error("a resource of nothing")
    this.#entries.set(fullUrl, { fullUrl, resource: kept, request })
    this.#references.set(fullUrl, references)
  }
}

/** Of these no two elements exclude each other, as those of a choice of types would. */
const ofParts: ReadonlySet<string> = new Set([
  "Location",
  "Organization",
  "Practitioner",
  "PractitionerRole",
])

function withTag<R extends FhirResource>(resource: R, { system, value }: OwnIdentifier): R {
  const tag = [...(resource.meta?.tag ?? []), { system, code: value }]
  return { ...resource, meta: { ...resource.meta, tag } }
}
