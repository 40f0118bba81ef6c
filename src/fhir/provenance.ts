import type { CodeableConcept, Coding, Provenance, ProvenanceEntity, Reference } from "fhir/r4"
import { siteSystem } from "./identity.ts"
import type { Transaction } from "./transaction.ts"

/** Where the resources of a transaction come from. */
export interface Origin {
  site: string
  /** An R4 instant: when the message was made, or else when it was received. */
  recorded: string
  /** MSH-10; "" where the message has none. */
  controlId: string
  /** Who numbered the message, for example `LAB_SYSTEM/FACILITY`; unique within the site only. */
  sender: string
  /** The SHA-256 of the bytes as they are stored, in hexadecimal digits. */
  digest: string
  /** The programs that the message was made with, where it names them. */
  software?: readonly Reference[] | undefined
  /** What else is known of the event that the message tells of. */
  event?: Happened | undefined
}

/** When, why, where and by whom what a message tells of was done. */
export interface Happened {
  occurredDateTime?: string | undefined
  /** What was done to what the message tells of. */
  activity?: Coding | undefined
  reason?: CodeableConcept[]
  location?: Reference | undefined
  agents?: Agent[]
}

/** Somebody, or a device, by whom it was done. */
export interface Agent {
  /** Left out where nothing says what they did in it. */
  type?: keyof typeof types
  /** What they are to it beside that. */
  role?: CodeableConcept | undefined
  who: Reference
  onBehalfOf?: Reference | undefined
}

/** Codes of the participants of a Provenance. */
const types = {
  assembler: "Assembler",
  author: "Author",
  enterer: "Enterer",
  performer: "Performer",
  verifier: "Verifier",
}

/**
 * Adds the one Provenance of a transaction, last: it targets every resource in it, and names the
 * message both as its sender numbered it and by what was stored, which nobody can renumber.
 */
export function addProvenance(transaction: Transaction, origin: Origin): void {
  const { site, controlId, sender, digest, event } = origin
  const numbered = { system: siteSystem(site, sender || "sender"), value: controlId }
  const stored = { system: siteSystem(site, "sha256"), value: digest }
  const whats = [numbered, stored]
    .filter(({ value }) => value !== "")
    .map((identifier): Reference => ({ identifier }))
  const entity = [...whats, ...(origin.software ?? [])].map((what): ProvenanceEntity => {
    return { role: "source", what }
  })
  const provenance: Provenance = {
    resourceType: "Provenance",
    target: transaction.references(),
    occurredDateTime: event?.occurredDateTime,
    recorded: origin.recorded,
    location: event?.location,
    reason: event?.reason,
    activity: event?.activity && { coding: [event.activity] },
    agent: [gatewayOf(site), ...(event?.agents ?? [])].map(({ type, role, who, onBehalfOf }) => ({
      type: type && { coding: [{ system: agentType, code: type, display: types[type] }] },
      role: role && [role],
      who,
      onBehalfOf,
    })),
    entity,
  }
  transaction.createTagged(provenance, digest)
}

function gatewayOf(site: string): Agent {
  return {
    type: "assembler",
    who: { identifier: { system: siteSystem(site), value: "gateway" } },
  }
}

const agentType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
