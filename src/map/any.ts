import type { Reference } from "fhir/r4"
import { Transaction } from "../fhir/transaction.ts"
import type { Segment } from "../hl7/message.ts"
import type { MapContext, Mapped } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import type { Layer } from "./finance/account.ts"
import { addCharges } from "./finance/charge.ts"
import { addCircumstances, addPayers, addProcedures, financeSegments } from "./finance/finance.ts"
import { type Group, patientsOf } from "./finance/group.ts"
import { type About, mentionPatient } from "./mentioned.ts"
import { mentionRequest } from "./order/request.ts"
import { addOrigin, concluded, type Mention, noteUnread, readMessage } from "./reading.ts"
import { resultsOf } from "./result/groups.ts"
import { distinct, type Filing, fileResult } from "./result/report.ts"
import { allergy, together } from "./segment/al1.ts"
import { condition } from "./segment/dg1.ts"

/**
 * The map of a message that no family lists: of a trigger that is not known, or of a sender's own.
 * What its segments say is the same in any message. The patient, the visit and the account are only
 * mentioned. Held where there is no patient, or nothing but one.
 */
export function mapAny(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const unknown = `no map for ${message.type || "a message of no type"}`
  const transaction = new Transaction(reading.site.id)
  if (fileGroups({ transaction, reading, distinct: distinct() }).patients === 0) {
    return { problem: `${unknown}, and no PID segment in it` }
  }
  addOrigin(transaction, reading)
  const mapped = concluded(reading, { transaction, told: [] })
  if ("problem" in mapped) return mapped
  const types = new Set(mapped.bundle.entry?.map(({ resource }) => resource?.resourceType))
  for (const type of surroundings) types.delete(type)
  if (types.size === 0) return { problem: `${unknown}, and nothing clinical in what is understood` }
  reading.note(`${unknown}: it was read segment by segment`)
  return mapped
}

/** What says nothing of anybody's care. */
const surroundings = ["Patient", "Practitioner", "Organization", "Location", "Provenance"] as const

/**
 * Files what is said of each patient, visit by visit and segment by segment. `layer`: the message
 * keeps accounts up to date. Gives what they were told, and how many patients there were.
 */
export function fileGroups(filing: Filing, layer?: Layer): { patients: number; told: Told[] } {
  const { reading } = filing
  const patients = patientsOf(reading)
  const told: Told[] = []
  for (const [index, groups] of [...patients.values()].entries()) {
    let account: Reference | undefined
    for (const group of groups) {
      const about = mentionPatient(group, index, filing)
      if (group === groups[0]) {
        const paid = addPayers(wholeOf(groups), about, filing, layer)
        account = paid.account
        told.push(...paid.told)
      }
      fileVisit(group, about, account, filing)
    }
  }
  noteUnread(reading, read)
  return { patients: patients.size, told }
}

/** All visits as one: who pays is told for the patient, not for a visit. */
function wholeOf([first, ...others]: [Group, ...Group[]]) {
  const pv1 = others.length === 0 ? first.pv1 : undefined
  return { pid: first.pid, pv1, rest: [first, ...others].flatMap(({ rest }) => rest) }
}

function fileVisit(
  group: Group,
  about: About,
  account: Reference | undefined,
  filing: Filing,
): void {
  addResults(group, about, filing)
  addAllergies(group, about, filing)
  const diagnoses = addDiagnoses(group, about, filing)
  const procedures = addProcedures(group.rest, about, filing)
  addCircumstances(group.rest, about, filing)
  addCharges(group.rest, about, { account, diagnoses, procedures }, filing)
}

/**
 * The orders and results of a group. Of an order without a result, in a message about charges, only
 * the order itself is mentioned: its report is the laboratory's to make.
 */
function addResults(group: Group, about: About, filing: Filing): void {
  const { transaction, reading } = filing
  const segments = [group.pid, ...ofResults(group.rest)]
  if (segments.length === 1) return
  const mention: Mention = (resource) => transaction.create(resource)
  const [result] = resultsOf({ ...reading, parsed: { ...reading.parsed, segments } })
  if (result === undefined) return
  const orders = result.orders.filter((order) => {
    if (!/^(DFT|BAR)/.test(reading.message.type)) return true
    if (order.observed.length > 0 || order.specimens.length > 0) return true
    mentionRequest(order, about, reading, mention)
    return false
  })
  if (orders.length + result.observed.length === 0) return
  fileResult({ ...result, orders }, about, filing)
}

/** The segments of orders and results, and what stands directly under them. */
function ofResults(rest: readonly Segment[]): Segment[] {
  let above = false
  return rest.filter(({ name }) => {
    if (!followers.has(name)) above = resultSegments.has(name)
    return above
  })
}

const resultSegments: ReadonlySet<string> = new Set(["ORC", "OBR", "OBX", "SPM"])
/** Of whatever stands above them. */
const followers: ReadonlySet<string> = new Set(["NTE", "TQ1", "PRT"])

function addAllergies({ rest }: Group, { subject }: About, filing: Filing): void {
  const al1s = rest.filter(({ name }) => name === "AL1")
  const allergies = together(al1s.map((al1) => allergy(al1, subject, filing.reading)))
  for (const one of allergies) filing.transaction.update(one)
}

/** Adds the Conditions, and gives the reference to that of each DG1 which names one. */
function addDiagnoses({ rest }: Group, about: About, filing: Filing): Map<Segment, Reference> {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const diagnosed = { patient: about.subject, encounter: about.encounter }
  const added = new Map<Segment, Reference>()
  for (const segment of rest) {
    if (segment.name !== "DG1") continue
    const made = condition(segment, diagnosed, reading, mention)
    if (made === undefined) continue
    added.set(segment, transaction.update(made))
    if ((segment.text(6) ?? segment.text(15)) !== undefined) {
      reading.note("DG1-6, DG1-15: the list of a visit's diagnoses is its registration's to keep")
    }
  }
  return added
}

/** NTE without a place is told by `addCharges`, EVN tells of the sending, `addOrigin` reads SFT. */
const read: ReadonlySet<string> = new Set([
  ...["MSH", "SFT", "EVN", "PID", "PD1", "NK1", "PV1", "NTE", "AL1", "DG1", "FT1"],
  ...[...resultSegments, "TQ1", "ROL", "PRT"],
  ...financeSegments,
])
