import type {
  Attachment,
  DocumentReference,
  DocumentReferenceRelatesTo,
  Identifier,
  Reference,
} from "fhir/r4"
import { type OwnIdentifier, siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { concept, translated } from "../type/cwe.ts"
import { dateTime, instant } from "../type/dtm.ts"
import { mediaType } from "../type/ed.ts"
import { type Entity, entityAt, entityIdentifier, entityOf } from "../type/ei.ts"
import { isOid } from "../type/hd.ts"
import { type Status, statusOf } from "../type/status.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { documentAvailability, documentCompletion } from "../vocabulary/decided-document.ts"
import { documentConfidentiality } from "../vocabulary/document-confidentiality.ts"
import { targetOf } from "../vocabulary/target.ts"

/** What an event says of a document besides its TXA. */
export interface DocumentEvent {
  /** What it is to the document of TXA-13; undefined where the event does not tell. */
  relation: DocumentReferenceRelatesTo["code"] | undefined
  cancelled: boolean
  edited: boolean
}

/**
 * Our own identifier of the document a TXA speaks of: by its number, whoever the patient is, since
 * a document that was filed under a wrong one keeps it; else by the name of its file.
 */
export function documentIdentity(txa: Segment, reading: Reading): OwnIdentifier {
  const number = entityAt(txa, 12)
  if (number !== undefined) return identityOf(number, reading)
  const file = txa.component(16)
  const key = file ? ["file", reading.sender, file] : ["message", reading.digest, txa.raw(1)]
  return own(reading, "DocumentReference", ...key)
}

/**
 * The elements that a TXA (2.5.1, 9.6) makes of its document, but for what is in it. R4's `date`
 * is an instant, which a day alone is not: the day is kept as that of the attachment.
 */
export function txaElements(
  txa: Segment,
  { subject, encounter, related }: About & { related: Reference[] },
  event: DocumentEvent,
  reading: Reading,
  mention: Mention,
): Partial<DocumentReference> {
  noteUnread(txa, reading)
  const number = entityAt(txa, 12)
  const person = (field: number) => each(txa, field, (xcn) => practitioner(xcn, reading, mention))
  const happened = dateTime(txa.text(4), "TXA-4", reading)
  return {
    masterIdentifier: number && numberOf(number, reading),
    identifier: each(txa, 16, (st) => {
      return { system: siteSystem(reading.site.id, "document-file"), value: st.component(1) }
    }),
    ...availability(txa, event, reading),
    ...completion(txa, event, reading),
    type: each(txa, 2, (cwe) => concept(cwe, "TXA-2", reading))[0],
    subject,
    date: hasClock(txa.text(6)) ? instant(txa.text(6), "TXA-6", reading) : undefined,
    author: person(9),
    // Who signed (TXA-22), else who is to sign (TXA-10).
    authenticator: person(22)[0] ?? person(10)[0],
    custodian: custodian(reading, mention),
    relatesTo: relations(txa, event, reading),
    description: txa.component(25),
    securityLabel: each(txa, 18, (cwe) => {
      return translated(cwe, targetOf(documentConfidentiality, cwe.text(1)), "TXA-18", reading)
    }),
    context: {
      encounter: encounter && [encounter],
      period: happened ? { start: happened } : undefined,
      related: [...related, ...(related.length > 0 ? [] : orderedBy(txa, reading))],
    },
  }
}

/** The elements whose field the sender deletes (`""`, 2.5.1, 2.5.3). */
export function deletedElements(txa: Segment): string[] {
  return deletable.filter(([field]) => txa.deleted(field)).map(([, element]) => element)
}

const deletable: readonly (readonly [number, keyof DocumentReference])[] = [
  [2, "type"],
  [6, "date"],
  [9, "author"],
  [10, "authenticator"],
  [13, "relatesTo"],
  [17, "docStatus"],
  [18, "securityLabel"],
  [22, "authenticator"],
  [25, "description"],
]

/** Who originated the message and is accountable for it (MSH-22, since 2.7). */
function custodian(reading: Reading, mention: Mention): Reference | undefined {
  const header = reading.parsed.first("MSH")
  return header && each(header, 22, (xon) => organization(xon, reading, mention))[0]
}

/** What a TXA says of the file that the document is, for a document that is not in the message. */
export function fileOf(txa: Segment, reading: Reading): Attachment {
  const presentation = txa.text(3)?.toUpperCase() ?? ""
  const contentType = ["FT", "TEXT", "TX"].includes(presentation)
    ? "text/plain"
    : mediaType(txa.text(3), undefined)
  const title = txa.component(25) ?? txa.component(16)
  const creation = created(txa, reading)
  // R4 demands an attachment, and a document without one is announced all the same.
  if (!contentType && !title && !creation) return { extension: absentCode.extension }
  return { contentType, title, creation }
}

/** When the document was made (TXA-6), also where only the day is given. */
export function created(txa: Segment, reading: Reading): string | undefined {
  return dateTime(txa.text(6), "TXA-6", reading)
}

/** TXA-19; a cancelled document (T11) was never one, whatever is said of its availability. */
function availability(txa: Segment, { cancelled }: DocumentEvent, reading: Reading) {
  const code = txa.text(19)
  const from = { field: "TXA-19", table: "0273", plain: "AV" }
  const said: Status<"current" | "superseded" | "entered-in-error"> = code
    ? statusOf(documentAvailability, code, from, reading)
    : { status: "current" }
  const status = said.status === "unknown" ? "current" : said.status
  return { ...said, status: cancelled ? ("entered-in-error" as const) : status }
}

/** TXA-17; a signed document that is sent anew because it was edited (T07, T08) is amended. */
function completion(
  txa: Segment,
  { cancelled, edited }: DocumentEvent,
  reading: Reading,
): Pick<DocumentReference, "docStatus" | "_docStatus"> {
  const code = txa.text(17)
  if (cancelled) return { docStatus: "entered-in-error" }
  if (code === undefined) return {}
  const from = { field: "TXA-17", table: "0271", plain: "AU" }
  const { status, _status } = statusOf(documentCompletion, code, from, reading)
  const docStatus = status === "unknown" ? undefined : status
  return { docStatus: edited && docStatus === "final" ? "amended" : docStatus, _docStatus: _status }
}

/** The document before this one (TXA-13), which need not be in this message. */
function relations(
  txa: Segment,
  { relation }: DocumentEvent,
  reading: Reading,
): DocumentReferenceRelatesTo[] {
  const parent = entityAt(txa, 13)
  if (parent === undefined) return []
  if (relation === undefined) {
    reading.note("TXA-13: the event does not say what the document is to this one; it is left out")
    return []
  }
  const identifier = identityOf(parent, reading)
  if (identifier.value === documentIdentity(txa, reading).value) {
    reading.note("TXA-13: it names the document itself; it is left out")
    return []
  }
  return [{ code: relation, target: { type: "DocumentReference", identifier } }]
}

/** The order by its numbers alone (TXA-14, TXA-15), where no ORC or OBR brings it. */
function orderedBy(txa: Segment, reading: Reading): Reference[] {
  const references = (field: number, type: "PLAC" | "FILL", local: string) =>
    each(txa, field, (ei): Reference | undefined => {
      const entity = entityOf(ei)
      if (entity === undefined) return undefined
      return { type: "ServiceRequest", identifier: entityIdentifier(entity, type, local, reading) }
    })
  return [
    ...references(14, "PLAC", "placer"),
    ...references(15, "FILL", `filler-${reading.sender}`),
  ]
}

function identityOf({ id, authority }: Entity, reading: Reading): OwnIdentifier {
  const key = patientKey({ id, ...authority }, reading.sender) ?? id
  return own(reading, "DocumentReference", "document", key)
}

/** Many systems number documents by OIDs, which need no assigner. */
function numberOf(number: Entity, reading: Reading): Identifier {
  const { namespace, universalId } = number.authority
  if (namespace === "" && universalId === "" && /^\d(\.\d+){3,}$/.test(number.id)) {
    if (isOid(number.id)) return { system: "urn:ietf:rfc:3986", value: `urn:oid:${number.id}` }
  }
  return entityIdentifier(number, undefined, `document-${reading.sender}`, reading)
}

/** Who performed what it tells of, when it was transcribed and edited, and where it is stored. */
function noteUnread(txa: Segment, reading: Reading): void {
  for (const field of [5, 7, 8, 20]) {
    if (txa.repetitions(field).length > 0) {
      reading.note(`TXA-${field}: R4's document has no place for it; it is left out`)
    }
  }
}

/** A day alone makes no instant. */
function hasClock(time: string | undefined): boolean {
  return time !== undefined && time.length >= "202604151200".length
}
