import type { Reference } from "fhir/r4"
import type { Identified } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Writing } from "../adt.ts"
import { addCircumstances, addProcedures, financeSegments } from "../finance/finance.ts"
import type { About } from "../mentioned.ts"
import { type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { type Observed, resultsOf } from "../result/groups.ts"
import { distinct } from "../result/report.ts"
import { allergy, together } from "../segment/al1.ts"
import { condition, encounterDiagnosisOf, isDeleted } from "../segment/dg1.ts"
import { adverseReaction } from "../segment/iam.ts"
import { relatedPerson } from "../segment/nk1.ts"
import { observationKey } from "../segment/obx.ts"
import { resourceOf } from "../segment/obx-document.ts"
import { livingWill } from "../segment/pd1.ts"
import { mother } from "../segment/pid-mother.ts"
import { addAccounts } from "./account.ts"
import { type Person, segmentsOf } from "./person.ts"

/** Adds what a message says of a patient besides who and where they are, but for diagnoses. */
export function addClinical(person: Person, about: About, writing: Writing): void {
  const { transaction, reading } = writing
  const mention: Mention = (resource) => transaction.create(resource)
  const { subject } = about
  const makers: [string, (segment: Segment) => Identified | undefined][] = [
    ["NK1", (nk1) => relatedPerson(nk1, subject, reading)],
    ["PD1", (pd1) => livingWill(pd1, subject, reading)],
  ]
  for (const [name, make] of makers) {
    for (const segment of segmentsOf(person, name)) {
      const made = make(segment)
      if (made !== undefined) transaction.update(made)
    }
  }
  const allergies = together([
    ...segmentsOf(person, "AL1").map((al1) => allergy(al1, subject, reading)),
    ...segmentsOf(person, "IAM").map((iam) => adverseReaction(iam, subject, reading, mention)),
  ])
  for (const one of allergies) transaction.update(one)
  const motherOf = mother(person.pid, subject, reading)
  if (motherOf) transaction.update(motherOf)
  addAccounts(person, about, writing)
  addProcedures(person.segments, about, writing)
  addCircumstances(person.segments, about, writing)
  addObserved(person, about, writing)
}

/**
 * Adds the Conditions, and gives all DG1 as one part of the visit: a message lists its diagnoses
 * as they stand. One that it deletes is told as an error, and is no longer the visit's.
 */
export function addDiagnoses(
  person: Person,
  { subject, encounter }: About,
  { transaction, reading }: Writing,
): Part[] {
  const conditions: Reference[] = []
  const part = partOf("DG1", reading, (mention) => ({
    diagnosis: segmentsOf(person, "DG1").flatMap((dg1) => {
      const made = condition(dg1, { patient: subject, encounter }, reading, (resource) => {
        transaction.create(resource)
        return mention(resource)
      })
      if (made === undefined) return []
      conditions.push(transaction.update(made))
      return isDeleted(dg1) ? [] : [encounterDiagnosisOf(dg1, mention(made), reading)]
    }),
  }))
  if (part !== undefined) return [part]
  return conditions.length > 0 ? [{ part: "DG1", makes: null, mentions: [] }] : []
}

/**
 * Adds what was observed (OBX) of the patient, or of the visit where there is one: known by it and
 * by what was asked, and by the time where that is given, so that a second weight is another one
 * and the same weight in the next message is not.
 */
function addObserved(person: Person, about: About, { transaction, reading }: Writing): void {
  const mention: Mention = (resource) => transaction.create(resource)
  const tellApart = distinct()
  for (const observed of observedIn(person, reading)) {
    const [obx] = observed.lines
    const of = [about.subject.reference ?? "", about.encounter?.reference ?? ""]
    const key = tellApart([...of, "administration", ...observationKey(observed), obx.raw(14)])
    const made = resourceOf(observed, key, about, reading, mention)
    if (made !== undefined) transaction.update(made)
  }
}

/** The OBX of one patient, each with the notes under it; the lines of a text are one. */
function observedIn({ pid, segments }: Person, reading: Reading): Observed[] {
  const all = [pid]
  let under = false
  for (const segment of segments) {
    const further = segment.name === "NTE" || segment.name === "PRT"
    under = segment.name === "OBX" || (under && further)
    if (under) all.push(segment)
    else if (segment.name === "NTE") {
      reading.note("NTE that is not under an OBX: FHIR has no place for it")
    }
  }
  if (all.length === 1) return []
  return resultsOf({ ...reading, parsed: { ...reading.parsed, segments: all } })[0]?.observed ?? []
}

/** What is read of a message; `addOrigin` reads SFT. */
export const readSegments: ReadonlySet<string> = new Set([
  ...["MSH", "SFT", "EVN", "PID", "PD1", "NK1", "MRG", "PV1", "PV2"],
  ...["OBX", "NTE", "PRT", "ROL", "AL1", "IAM", "DG1", ...financeSegments],
])
