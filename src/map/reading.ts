import type { Reference } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../fhir/identity.ts"
import { ownIdentifier } from "../fhir/identity.ts"
import { addProvenance } from "../fhir/provenance.ts"
import type { Transaction } from "../fhir/transaction.ts"
import { type ParsedMessage, parseMessage } from "../hl7/message.ts"
import { type TimeRead, toInstant } from "../hl7/time.ts"
import type { MapContext, Message, SiteSettings, SourceSettings } from "../message.ts"

/** One message being read by a map: what every segment and data type of it is read with. */
export interface Reading {
  message: Message
  parsed: ParsedMessage
  site: SiteSettings
  source: SourceSettings
  /** The zone of times that carry no offset. */
  timezone: string
  /** Who sent it, by MSH-3 and MSH-4: `LAB_SYSTEM/FACILITY`. */
  sender: string
  /** The SHA-256 of the message's bytes, in hexadecimal digits. */
  digest: string
  /** The times read so far, by their text: every OBX without its own repeats that of its OBR. */
  times: Map<string, TimeRead>
  /** What was dropped or doubted so far. */
  notes: string[]
  /** Notes something for the trail, once; never with content of the message. */
  note(text: string): void
}

/** Takes in a resource that a field mentions, and gives the reference to it. */
export type Mention = (resource: Identified) => Reference

/** Parses a message for a map. */
export function readMessage(message: Message, context: MapContext): Reading {
  const { site, source } = context
  const parsed = parseMessage(message.bytes, { charset: source.charset })
  const header = parsed.first("MSH")
  const notes = [...parsed.notes]
  return {
    message,
    parsed,
    site,
    source,
    timezone: source.timezone ?? site.timezone,
    sender: [header?.text(3), header?.text(4)].map((name) => name ?? "").join("/"),
    digest: Bun.CryptoHasher.hash("sha256", message.bytes, "hex"),
    times: new Map(),
    notes,
    note: (text) => {
      if (!notes.includes(text)) notes.push(text)
    },
  }
}

/** Our own identifier of a resource this message speaks of. */
export function own(reading: Reading, type: string, ...key: string[]): OwnIdentifier {
  return ownIdentifier(reading.site.id, type, ...key)
}

/** Adds the Provenance: call it when everything else is in. */
export function addOrigin(transaction: Transaction, reading: Reading): void {
  for (const type of transaction.passedOver()) {
    reading.note(`${type}: two of one key say different things; the first counts`)
  }
  const header = reading.parsed.first("MSH")
  const made = toInstant(header?.text(7) ?? "", reading.timezone)
  const received = new Date(reading.message.receivedAt).toISOString()
  addProvenance(transaction, {
    site: reading.site.id,
    recorded: "value" in made ? made.value : received,
    controlId: header?.text(10) ?? "",
    sender: reading.sender,
    digest: reading.digest,
  })
}
