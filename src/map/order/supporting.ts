import type { Reference, Specimen } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../../fhir/identity.ts"
import { referenceTo } from "../../fhir/identity.ts"
import { type About, isSamePatient, mentionPatient } from "../mentioned.ts"
import { type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Order, Result, Sampled } from "../result/groups.ts"
import { type Filing, fileResult } from "../result/report.ts"
import { fileOfSpecimen } from "../result/specimen-above.ts"
import { allergy, together } from "../segment/al1.ts"
import { coverage } from "../segment/in1.ts"
import { reportKey } from "../segment/obr.ts"
import { observationKey } from "../segment/obx.ts"
import { resourceOf } from "../segment/obx-document.ts"
import { patientIdentity } from "../segment/pid.ts"
import { specimen, specimenKey } from "../segment/spm.ts"

/**
 * What an order brings along for whoever carries it out (OBX under its OBR): answers asked at
 * order entry, and files. The order owns them, and refers to them.
 */
export function fileSupporting(
  order: Order,
  request: OwnIdentifier,
  about: About,
  { transaction, reading, distinct }: Filing,
): Part | undefined {
  return partOf("OBX", reading, (mention) => {
    const supportingInfo: Reference[] = []
    for (const observed of order.observed) {
      const key = distinct([request.value, ...observationKey(observed)])
      const here: Mention = (resource) => {
        transaction.create(resource)
        return mention(resource)
      }
      const made = resourceOf(observed, key, about, reading, here)
      if (made === undefined) continue
      transaction.update(made)
      supportingInfo.push(
        made.resourceType === "DocumentReference"
          ? // By its number, since a file is too large to be kept for later messages.
            { type: made.resourceType, identifier: made.identifier?.[0] }
          : // A later message may not name the visit: what is kept for it must lead nowhere else.
            mention({ ...made, encounter: undefined }),
      )
    }
    return { supportingInfo }
  })
}

/**
 * Files the specimens of an order; gives what it says of them. `above`: those that stand above
 * several orders, filed already.
 */
export function fileSpecimens(
  order: Order,
  request: OwnIdentifier,
  about: About,
  filing: Filing,
  above: ReadonlyMap<Sampled, Specimen>,
): Part | undefined {
  const { transaction, reading } = filing
  const collected = {
    subject: about.subject,
    requests: [referenceTo(request)],
    order,
    reportKey: reportKey(order, about.subject, reading),
  }
  return partOf("SPM", reading, (mention) => {
    const here: Mention = (resource) => {
      transaction.create(resource)
      return mention(resource)
    }
    const specimens = order.specimens.map((sampled, index) => {
      const shared = above.get(sampled)
      if (shared !== undefined) return shared
      const key = filing.distinct(specimenKey(sampled, index, collected, reading))
      const made = specimen(sampled, key, collected, reading, here)
      transaction.update(made)
      fileOfSpecimen(sampled, made, key, about, filing)
      return made
    })
    return { specimen: specimens.map((made) => mention(made)) }
  })
}

/** What orders bring along about the patient, of others who keep it up to date; gives how much. */
export function addBackground(result: Result, { subject }: About, filing: Filing): number {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const all: (Identified | undefined)[] = [
    ...together(result.allergies.map((al1) => allergy(al1, subject, reading))),
    ...result.coverages.map((in1) => coverage(in1, subject, reading, mention)),
  ]
  const made = all.filter((each) => each !== undefined)
  made.forEach(mention)
  return made.length
}

/**
 * Why new orders can't be told whose they are, where results of before may stand among them: they
 * come below a PID of somebody else, and are no results of before.
 */
export function orderOfAnother(reading: Reading): string | undefined {
  const { segments } = reading.parsed
  const first = segments.find(({ name }) => name === "PID")
  let nearest = first
  for (const segment of segments) {
    if (segment.name === "PID") nearest = segment
    const control = segment.name === "ORC" ? segment.text(1) : undefined
    if (!first || !nearest || control === undefined || ofBefore.has(control)) continue
    if (!isSamePatient(first, nearest, reading)) return ordersOfSeveral
  }
  return undefined
}

const ofBefore: ReadonlySet<string> = new Set(["PR", "RE"])
const ordersOfSeveral = "PID: orders of several patients in one message; have its sender split it"

/** Results of before are mentioned: they are their laboratory's. The order refers to them. */
export function filePrior({ prior }: Order, about: About, filing: Filing): Part | undefined {
  const { reading } = filing
  const reports = prior.flatMap((result, index) => {
    const other = patientIdentity(result.pid, reading)
    const whose = other ? mentionPatient(result, index, filing) : about
    addBackground(result, whose, filing)
    return fileResult(result, whose, { ...filing, prior: true })
  })
  return partOf("PRIOR", reading, () => ({
    supportingInfo: reports.flatMap(({ report }): Reference[] => {
      const identifier = report?.identifier?.[0]
      return identifier ? [{ type: "DiagnosticReport", identifier }] : []
    }),
  }))
}
