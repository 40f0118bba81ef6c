import type { DocumentReference, Reference } from "fhir/r4"
import { compact } from "../fhir/compact.ts"
import type { OwnIdentifier } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { contentOf } from "./document/content.ts"
import { type DocumentGroup, type Documents, documentsOf } from "./document/groups.ts"
import { layKnown } from "./known.ts"
import { type About, mentionPatient, severalPatients } from "./mentioned.ts"
import { mentionRequest } from "./order/request.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { observation, observationKey } from "./segment/obx.ts"
import { orderNumbers } from "./segment/orc.ts"
import {
  created,
  type DocumentEvent,
  deletedElements,
  documentIdentity,
  fileOf,
  txaElements,
} from "./segment/txa.ts"
import { documented } from "./segment/txa-provenance.ts"
import { clinicalDocumentType } from "./type/clinical-document.ts"

/**
 * Documents (2.5.1, chapter 9): announced, sent, edited, added to, replaced, cancelled. An MDM owns
 * the document it speaks of; the patient, the visit and the order it only mentions.
 *
 * Events about a document that was told of before (T03, T04, T07, T08, T11) are laid over what the
 * destination has of it, which is read each time and not kept on the box: a document may be
 * megabytes.
 */
export const mdm: MessageMap = {
  types: ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"].map(
    (event) => `MDM^T${event}`,
  ),
  owned,
  map,
}

function owned(message: Message, context: ReadContext): string[] {
  if (!isAboutEarlier(message)) return []
  const reading = readMessage(message, context)
  return reading.parsed.all("TXA").map((txa) => nameOf(documentIdentity(txa, reading)))
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const documents = documentsOf(reading)
  const { concerned } = documents
  if (concerned === undefined) return { problem: "no PID segment" }
  const several = severalPatients(reading)
  if (several !== undefined) return { problem: several }
  if (documents.groups.length === 0) return { problem: "no TXA segment" }
  const transaction = new Transaction(reading.site.id)
  const about = mentionPatient(concerned, 0, { transaction, reading })
  const ordered = orderedIn(documents, about, transaction, reading)
  for (const group of documents.groups) {
    addDocument(group, { ...about, ordered }, { transaction, reading, context })
  }
  const txas = documents.groups.map(({ txa }) => txa)
  const event = documented(txas, reading, (resource) => transaction.create(resource))
  addOrigin(transaction, reading, event)
  return concluded(reading, { transaction, told: [] })
}

interface Filing {
  transaction: Transaction
  reading: Reading
  context: MapContext
}

function addDocument(
  { txa, observed }: DocumentGroup,
  { ordered, ...about }: About & { ordered: Reference[] },
  { transaction, reading, context }: Filing,
): void {
  const mention: Mention = (resource) => transaction.create(resource)
  const identity = documentIdentity(txa, reading)
  const { attachments, others } = contentOf(observed, txa, reading)
  const values = others.flatMap((other) => {
    const key = [identity.value, ...observationKey(other)]
    const made = observation(other, key, about, reading, mention)
    return made ? [transaction.update(made)] : []
  })
  const event = eventOf(reading.message.type)
  const related = [...ordered, ...values]
  const elements = txaElements(txa, { ...about, related }, event, reading, mention)
  const creation = created(txa, reading)
  const content = attachments.map((attachment) => ({ attachment: { ...attachment, creation } }))
  if (content.length > 0) {
    const own = attachments.map(clinicalDocumentType).find((type) => type !== undefined)
    if (own) elements.type = { ...elements.type, coding: typed(own, elements.type?.coding) }
  }
  const name = nameOf(identity)
  const known = context.known.filter(({ resource }) => resource === name)
  const said = [{ part: "TXA", makes: compact(elements) ?? {}, mentions: [] }]
  const layer = { messageId: reading.message.id, known }
  const deleted = deletedElements(txa)
  const laid: Partial<DocumentReference> = layKnown(name, said, layer, () => deleted).elements
  const { identifier = [], ...more } = laid
  const there = laid.content ?? [{ attachment: fileOf(txa, reading) }]
  const document: DocumentReference = {
    resourceType: "DocumentReference",
    identifier: [identity, ...identifier],
    ...more,
    status: laid.status ?? "current",
    content: content.length > 0 ? content : there,
  }
  // A document without its file would put nothing in the place of the one that may be there. What
  // was cancelled has to go, with its file or without.
  if (content.length > 0 || known.length > 0 || event.cancelled) transaction.update(document)
  else {
    transaction.create(document)
    if (isAboutEarlier(reading.message)) reading.note(withoutFile)
  }
}

const withoutFile =
  "the document's file is in neither the message nor the destination as far as it can be read: " +
  "a document that is there is not overwritten"

/** LOINC's word for the type, which the file itself has, before the sender's. */
function typed(
  own: NonNullable<ReturnType<typeof clinicalDocumentType>>,
  coding: NonNullable<DocumentReference["type"]>["coding"] = [],
) {
  return [own, ...coding.filter(({ system, code }) => system !== own.system || code !== own.code)]
}

/** What was ordered, where ORC and OBR number it: by nothing else could it be found again. */
function orderedIn(
  { orders }: Documents,
  about: About,
  transaction: Transaction,
  reading: Reading,
): Reference[] {
  const mention: Mention = (resource) => transaction.create(resource)
  return orders.flatMap((order) => {
    const { placer, filler } = orderNumbers(order)
    const made = placer || filler ? mentionRequest(order, about, reading, mention) : undefined
    if (made === undefined) reading.note("ORC, OBR: no number of the order; it is left out")
    return made ? [made] : []
  })
}

/** The events of a document that was told of before: its status, an edit, its end. */
function isAboutEarlier({ type }: Message): boolean {
  return ["MDM^T03", "MDM^T04", "MDM^T07", "MDM^T08", "MDM^T11"].includes(type)
}

/** 2.5.1, 9.5.1 to 9.5.11. A new document that names a parent (T01, T02) is an addition to it. */
function eventOf(type: string): DocumentEvent {
  const event = type.slice("MDM^".length)
  const replaces = event === "T09" || event === "T10"
  const appends = ["T01", "T02", "T05", "T06"].includes(event)
  return {
    relation: replaces ? "replaces" : appends ? "appends" : undefined,
    cancelled: event === "T11",
    edited: event === "T07" || event === "T08",
  }
}

function nameOf({ value }: OwnIdentifier): string {
  return `DocumentReference/${value}`
}
