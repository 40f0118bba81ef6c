import type { ActivityDefinition, Practitioner } from "fhir/r4"
import type { OwnIdentifier } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import type { Layer } from "./finance/account.ts"
import { layKnown } from "./known.ts"
import {
  addOrigin,
  concluded,
  type Mention,
  noteUnread,
  own,
  type Reading,
  readMessage,
} from "./reading.ts"
import { type FileRecord, recordKey, recordNumber, recordsOf, under } from "./segment/mfe.ts"
import { resultDefinition, resultParts, serviceElements, serviceParts } from "./segment/om1.ts"
import { practitionerRoles } from "./segment/pra.ts"
import { practitionerElements, practitionerIdentity, practitionerParts } from "./segment/stf.ts"

/**
 * Master files (2.5.1, chapters 8 and 15): the practitioners (M02), and the tests that can be
 * ordered (M08). An MFN owns them: what a record leaves out stays as it was told before, and one
 * that is deleted or deactivated is inactive or retired from then on. The guide has no map for it.
 */
export const mfn: MessageMap = { types: ["MFN^M02", "MFN^M08"], owned, map }

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const names = recordsOf(reading).flatMap((record) => {
    const identity = identityOf(record, reading)
    return identity ? [`${typeOf(reading)}/${identity.value}`] : []
  })
  return [...new Set(names)]
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const records = recordsOf(reading)
  if (records.length === 0) return { problem: "no MFE segment: there is no record in it" }
  const transaction = new Transaction(reading.site.id)
  const layer = { messageId: message.id, known: context.known }
  const told: Told[] = []
  for (const record of records) {
    const identity = identityOf(record, reading)
    if (identity === undefined) {
      reading.note("MFE-4: no key is given; the record is left out")
      continue
    }
    const add = typeOf(reading) === "Practitioner" ? addPractitioner : addTest
    told.push(...add(record, identity, layer, { transaction, reading }))
  }
  if (reading.parsed.first("MFI")?.text(3) === "REP") {
    reading.note("MFI-3: it replaces the whole file; what it leaves out is not taken out")
  }
  if (told.length === 0) return { problem: "MFE: no record in it says anything" }
  noteUnread(reading, read)
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told })
}

const read: ReadonlySet<string> = new Set(["MSH", "SFT", "MFI", "MFE", "STF", "PRA", "OM1", "OM2"])

interface Filing {
  transaction: Transaction
  reading: Reading
}

function typeOf({ message }: Reading): "Practitioner" | "ActivityDefinition" {
  return message.type === "MFN^M02" ? "Practitioner" : "ActivityDefinition"
}

function identityOf(record: FileRecord, reading: Reading): OwnIdentifier | undefined {
  if (typeOf(reading) === "Practitioner") {
    return practitionerIdentity(record.mfe, under(record, "STF"), reading)
  }
  const key = recordKey(record.mfe, "", reading)
  return key === undefined ? undefined : own(reading, "ActivityDefinition", key)
}

function addPractitioner(
  record: FileRecord,
  identity: OwnIdentifier,
  layer: Layer,
  { transaction, reading }: Filing,
): Told[] {
  const mention: Mention = (resource) => transaction.create(resource)
  const stf = under(record, "STF")
  const parts = practitionerParts(record.mfe, stf, reading)
  const name = `Practitioner/${identity.value}`
  const laid = layKnown(name, parts, layer, (part) => practitionerElements.get(part) ?? [])
  const said: Partial<Practitioner> = laid.elements
  const numbers = said.identifier ?? []
  const named = numbers.some(({ value }) => value === record.mfe.text(4))
  const practitioner = transaction.update({
    resourceType: "Practitioner",
    ...said,
    identifier: [identity, ...numbers, ...(named ? [] : recordNumber(record.mfe, reading))],
  })
  const employed = { practitioner, active: said.active }
  const work = { pra: under(record, "PRA"), stf }
  for (const role of practitionerRoles(work, employed, reading, mention)) transaction.update(role)
  return laid.told
}

function addTest(
  record: FileRecord,
  identity: OwnIdentifier,
  layer: Layer,
  { transaction, reading }: Filing,
): Told[] {
  const om1 = under(record, "OM1")
  const results = om1 && resultDefinition(om1, under(record, "OM2"), identity.value, reading)
  if (results !== undefined) transaction.update(results)
  const parts = [...serviceParts(record.mfe, om1, reading), ...resultParts(results, reading)]
  const name = `ActivityDefinition/${identity.value}`
  const laid = layKnown(name, parts, layer, (part) => serviceElements.get(part) ?? [])
  const said: Partial<ActivityDefinition> = laid.elements
  for (const each of laid.mentions) transaction.create(each)
  transaction.update({
    resourceType: "ActivityDefinition",
    ...said,
    identifier: [identity, ...recordNumber(record.mfe, reading)],
    status: said.status ?? "unknown",
    kind: "ServiceRequest",
  })
  return laid.told
}
