import type { Reference } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../fhir/identity.ts"
import { ownIdentifier } from "../fhir/identity.ts"
import { addProvenance, type Happened } from "../fhir/provenance.ts"
import type { Transaction } from "../fhir/transaction.ts"
import { type ParsedMessage, parseMessage } from "../hl7/message.ts"
import { type TimeRead, toInstant } from "../hl7/time.ts"
import type { CodeMap, CodeMaps, Mapped, ReadContext, Unmapped } from "../mapping.ts"
import type { Message, SiteSettings, SourceSettings, Told } from "../message.ts"
import { type CodedField, speakableCode } from "./codes/fields.ts"
import { fieldsRead, keepFields } from "./fields-read.ts"
import { each } from "./part.ts"
import { software } from "./segment/sft.ts"
import type { LocalCode } from "./type/mapped-coding.ts"
import { organization } from "./type/xon.ts"
import { mapVersion } from "./version.ts"

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
  codeMaps: CodeMaps | undefined
  /** Notes a code that the code map of its field does not have. */
  unmapped(codeMap: CodeMap, code: LocalCode & { field: CodedField }): void
  /** What was noted so, each code once. */
  unmappedCodes: Map<string, Unmapped & Pick<CodeMap, "onUnknown">>
}

/** Takes in a resource that a field mentions, and gives the reference to it. */
export type Mention = (resource: Identified) => Reference

/** Parses a message for a map. */
export function readMessage(message: Message, context: ReadContext): Reading {
  const { site, source, codeMaps } = context
  const parsed = parseMessage(message.bytes, { charset: source.charset })
  const header = parsed.first("MSH")
  const notes = [...parsed.notes]
  const unmappedCodes: Reading["unmappedCodes"] = new Map()
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text)
  }
  return {
    message,
    parsed,
    site,
    source,
    timezone: source.timezone ?? site.timezone,
    sender: `${header?.text(3) ?? ""}/${header?.text(4) ?? ""}`,
    digest: Bun.CryptoHasher.hash("sha256", message.bytes, "hex"),
    times: new Map(),
    notes,
    note,
    codeMaps,
    unmappedCodes,
    unmapped({ name, onUnknown }, { field, system = "", code, display = "" }) {
      note(`${field}: code map ${name} does not have every code`)
      const one = { codeMap: name, onUnknown, source: message.source, field, system, code, display }
      unmappedCodes.set([field, system, code].join("\n"), one)
    },
  }
}

/** Our own identifier of a resource this message speaks of. */
export function own(reading: Reading, type: string, ...key: string[]): OwnIdentifier {
  return ownIdentifier(reading.site.id, type, ...key)
}

/** Names the segments that no map reads, so that none is dropped without a trace. */
export function noteUnread({ parsed, note }: Reading, read: ReadonlySet<string>): void {
  const unread = new Set(parsed.segments.map(({ name }) => name).filter((name) => !read.has(name)))
  if (unread.size > 0) note(`segments that no map reads: ${[...unread].join(", ")}`)
}

/** Adds the Provenance: call it when everything else is in. `event` is what an EVN says. */
export function addOrigin(transaction: Transaction, reading: Reading, event?: Happened): void {
  for (const type of transaction.passedOver()) {
    reading.note(`${type}: two of one key say different things; the first counts`)
  }
  const header = reading.parsed.first("MSH")
  const programs = reading.parsed.all("SFT").map((sft) => software(sft, reading))
  const mention: Mention = (resource) => transaction.create(resource)
  const responsible = header ? each(header, 22, (xon) => organization(xon, reading, mention)) : []
  const made = toInstant(header?.text(7) ?? "", reading.timezone)
  const received = () => new Date(reading.message.receivedAt).toISOString()
  addProvenance(transaction, {
    site: reading.site.id,
    recorded: "value" in made ? made.value : received(),
    controlId: header?.text(10) ?? "",
    sender: reading.sender,
    digest: reading.digest,
    software: programs.filter((one) => one !== undefined).map(mention),
    responsible,
    event,
  })
}

/** What a map has made of a message, or why it is held: a code that its code map does not have. */
export function concluded(
  reading: Reading,
  made: { transaction: Transaction; told: Told[] },
): Mapped {
  const { notes, unmappedCodes } = reading
  const codes = [...unmappedCodes.values()]
  const unmapped = codes.map(({ onUnknown: _, ...code }) => code)
  const held = codes.find(({ onUnknown }) => onUnknown === "hold")
  if (held !== undefined) {
    const { field, code, codeMap } = held
    const problem = `${speakableCode(field, code)} of ${field} has no place in code map ${codeMap}`
    return { problem, unmapped }
  }
  const { transaction, told } = made
  const { segments } = reading.parsed
  const record = keepFields({ version: mapVersion, ...fieldsRead(segments) }, segments)
  return { bundle: transaction.bundle(), notes, told, unmapped, record }
}
