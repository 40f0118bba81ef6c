import type { Binary, Bundle, BundleEntry, FhirResource, Provenance, Reference } from "fhir/r4"
import { compact } from "./compact.ts"
import {
  type Identified,
  type OwnIdentifier,
  ownIdentifier,
  ownIdentifierOf,
  referenceTo,
  siteSystem,
} from "./identity.ts"

/**
 * A transaction Bundle in the making. Every resource brings our own identifier, which is also its
 * fullUrl; a resource that is added twice stands in it once. The same calls give the same Bundle
 * byte for byte.
 */
export class Transaction {
  readonly #site: string
  readonly #entries = new Map<string, BundleEntry>()

  constructor(site: string) {
    this.#site = site
  }

  /** Adds a resource that the message owns: a conditional update by our identifier. */
  update(resource: Identified): Reference {
    const own = this.#own(resource)
    const url = `${resource.resourceType}?identifier=${own.system}|${own.value}`
    const before = this.#entries.get(own.value)?.request?.method
    if (before !== "PUT") this.#add(own, resource, { method: "PUT", url })
    return referenceTo(own)
  }

  /** Adds a resource that the message only mentions: created where absent, never overwritten. */
  create(resource: Identified): Reference {
    const own = this.#own(resource)
    const ifNoneExist = `identifier=${own.system}|${own.value}`
    if (!this.#entries.has(own.value)) {
      this.#add(own, resource, { method: "POST", url: resource.resourceType, ifNoneExist })
    }
    return referenceTo(own)
  }

  /** `create` for the two types that have no identifier in R4: they carry ours in `meta.tag`. */
  createTagged(resource: Provenance | Binary, ...key: string[]): Reference {
    const type = resource.resourceType
    const own = ownIdentifier(this.#site, type, ...key)
    const tag = [...(resource.meta?.tag ?? []), { system: own.system, code: own.value }]
    const tagged = { ...resource, meta: { ...resource.meta, tag } }
    const ifNoneExist = `_tag=${own.system}|${own.value}`
    if (!this.#entries.has(own.value)) {
      this.#add(own, tagged, { method: "POST", url: type, ifNoneExist })
    }
    return referenceTo(own)
  }

  /** References to everything added so far, in that order. */
  references(): Reference[] {
    return [...this.#entries.keys()].map((value) =>
      referenceTo({ system: siteSystem(this.#site), value }),
    )
  }

  /** The Bundle. Throws when a resource refers to one that was not added: the map has a bug. */
  bundle(): Bundle {
    const entry = [...this.#entries.values()]
    for (const { resource } of entry) {
      for (const uuid of referredTo(resource)) {
        if (!this.#entries.has(uuid)) throw new Error(`${resource?.resourceType} refers to nothing`)
      }
    }
    return { resourceType: "Bundle", type: "transaction", entry }
  }

  #own(resource: Identified): OwnIdentifier {
    const own = ownIdentifierOf(this.#site, resource)
    if (own === undefined) throw new Error(`a ${resource.resourceType} without our identifier`)
    return own
  }

  #add(own: OwnIdentifier, resource: FhirResource, request: BundleEntry["request"]) {
    const kept = compact(resource)
    if (kept === undefined) throw new Error("a resource of nothing")
    this.#entries.set(own.value, { fullUrl: `urn:uuid:${own.value}`, resource: kept, request })
  }
}

/** The UUIDs of the transaction's own resources that a value refers to, added to `into`. */
function referredTo(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const item of value) referredTo(item, into)
  else if (typeof value === "object" && value !== null) {
    const members = value as Record<string, unknown>
    for (const key in members) {
      const member = members[key]
      if (typeof member !== "string") referredTo(member, into)
      else if (key === "reference" && member.startsWith("urn:uuid:")) into.add(member.slice(9))
    }
  }
  return into
}
