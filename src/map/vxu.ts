import type { Observation, Reference } from "fhir/r4"
import { Transaction } from "../fhir/transaction.ts"
import type { Segment } from "../hl7/message.ts"
import { toInstant } from "../hl7/time.ts"
import type { MapContext, Mapped, MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { type About, mentionPatient, severalPatients } from "./mentioned.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import type { Observed } from "./result/groups.ts"
import { distinct } from "./result/report.ts"
import { coverage } from "./segment/in1.ts"
import { annotations } from "./segment/nte.ts"
import { observationKey } from "./segment/obx.ts"
import { resourceOf } from "./segment/obx-document.ts"
import { entityKey } from "./type/ei.ts"
import { type Forecast, forecastOf, recommendationsOf } from "./vaccine/forecast.ts"
import { type Vaccination, vaccinationsOf } from "./vaccine/groups.ts"
import {
  type Administered,
  fillerNumber,
  immunization,
  immunizationKey,
  isDeleted,
  isOfNoVaccine,
} from "./vaccine/immunization.ts"
import { immunizationElements, type Sorted, sorted, topic } from "./vaccine/told.ts"

/**
 * Immunizations (2.5.1, 4A.8): an update of a patient's vaccinations (VXU^V04), and the whole
 * record as the answer to a query (VXR^V03). They own the Immunizations, what was observed with
 * them and what is recommended next; patient, visit and insurance they only mention.
 */
export const vxu: MessageMap = { types: ["VXU^V04", "VXR^V03"], map }

interface Filing {
  transaction: Transaction
  reading: Reading
  /** See `distinct`. */
  distinct: ReturnType<typeof distinct>
  /** The filler numbers that several vaccines of this message bear. */
  shared: ReadonlySet<string>
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const { concerned, groups, insurances, notes, observed } = vaccinationsOf(reading)
  if (concerned === undefined) return { problem: "no PID segment" }
  const several = severalPatients(reading)
  if (several !== undefined) return { problem: several }
  const transaction = new Transaction(reading.site.id)
  const about = mentionPatient(concerned, 0, { transaction, reading })
  const mention: Mention = (resource) => transaction.create(resource)
  for (const in1 of insurances) {
    const made = coverage(in1, about.subject, reading, mention)
    if (made !== undefined) mention(made)
  }
  if (notes.length > 0) reading.note("NTE under PID: FHIR has no place for it")
  const filing = { transaction, reading, distinct: distinct(), shared: sharedBy(groups) }
  observe(observed, ofPatient(about, reading), about, filing)
  const forecasts = groups.flatMap((group) => fileGroup(group, about, filing))
  const [first, ...more] = forecasts
  if (first !== undefined) {
    const date = dateOf(message, reading)
    transaction.update(recommendationsOf([first, ...more], about.subject, date, reading))
  }
  if (groups.length + observed.length === 0) reading.note("no RXA and no OBX: nothing is told")
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told: [] })
}

/** Files one vaccine with what is said below it; gives what is forecast. */
function fileGroup(group: Vaccination, about: About, filing: Filing): Forecast[] {
  const { transaction, reading, shared } = filing
  const { rxa, observed } = group
  if (rxa === undefined) {
    reading.note("ORC: there is no RXA below it; the order is left out")
    observe(observed, ofPatient(about, reading), about, filing)
    return []
  }
  const given: Administered = { ...group, rxa }
  const mention: Mention = (resource) => transaction.create(resource)
  const told = sorted(observed, reading)
  const none = isOfNoVaccine(given)
  const forecasts = told.sets.flatMap((set) => forecastOf(set, none, reading) ?? [])
  if (none) {
    const left = leftOf(observed, told)
    const isNoted = notesOf(observed, left).length + group.notes.length > 0
    if (isNoted) reading.note("NTE under an RXA of no vaccine: it is left out")
    observe(left, ofPatient(about, reading), about, filing)
    return forecasts
  }
  if (rxa.repetitions(5).length === 0 && rxa.text(3) === undefined) {
    reading.note("RXA: it says neither what was given nor when; it is left out")
    observe(observed, ofPatient(about, reading), about, filing)
    return forecasts
  }
  const filler = fillerNumber(given)
  const isShared = filler !== undefined && shared.has(entityKey(filler))
  const key = filing.distinct(immunizationKey(given, isShared, about.subject, reading))
  const resource = {
    ...immunization(given, key, about, reading, mention),
    ...immunizationElements(told.sets),
  }
  const left = leftOf(observed, told)
  const notes = annotations(notesOf(observed, left), reading, mention)
  resource.note = [...(resource.note ?? []), ...notes]
  // Known before it is in the transaction, since each of the two refers to the other.
  const partOf = { reference: `urn:uuid:${resource.identifier?.[0]?.value}` }
  const seen = observe(left, key, about, filing, (made) => ({
    ...made,
    partOf: [partOf],
    ...(isDeleted(given) ? { status: "entered-in-error", _status: undefined } : {}),
  }))
  resource.reaction = seen
    .filter(({ observed, resource }) => {
      return isReaction(observed) && resource.status !== "entered-in-error"
    })
    .map(({ resource, reference }) => ({ date: resource.effectiveDateTime, detail: reference }))
  // "No change" (X) repeats what was told.
  if (rxa.text(21) === "X") transaction.create(resource)
  else transaction.update(resource)
  return forecasts
}

interface Seen {
  observed: Observed
  resource: Observation
  reference: Reference
}

function observe(
  all: readonly Observed[],
  key: readonly string[],
  about: About,
  { transaction, reading, distinct }: Filing,
  within: (made: Observation) => Observation = (made) => made,
): Seen[] {
  const mention: Mention = (resource) => transaction.create(resource)
  return all.flatMap((observed) => {
    const observedAt = observed.lines[0].text(14) ?? ""
    const own = distinct([...key, ...observationKey(observed), observedAt])
    const made = resourceOf(observed, own, about, reading, mention)
    if (made === undefined) return []
    if (made.resourceType === "DocumentReference") {
      transaction.update(made)
      return []
    }
    const resource = within(made)
    return [{ observed, resource, reference: transaction.update(resource) }]
  })
}

/** The key of what was observed of the patient, beside any vaccine. */
function ofPatient({ subject }: About, { sender }: Reading): string[] {
  return [subject.reference ?? "", sender, "patient"]
}

function isReaction({ lines: [obx] }: Observed): boolean {
  return obx.component(3) === topic.reaction || obx.component(3, 4) === topic.reaction
}

/** What no set has said, in the order of the message. */
function leftOf(all: readonly Observed[], { sets, others }: Sorted): Observed[] {
  const left = new Set(others)
  for (const set of sets) for (const { observed } of set.values()) left.add(observed)
  return all.filter((each) => left.has(each))
}

/** The notes below what is an element of another resource, and no observation. */
function notesOf(all: readonly Observed[], left: readonly Observed[]): Segment[] {
  const observations = new Set(left)
  return all.flatMap((each) => (observations.has(each) ? [] : each.notes))
}

/** Some senders give one number to all vaccines of a visit: it tells none from another. */
function sharedBy(groups: readonly Vaccination[]): ReadonlySet<string> {
  const once = new Set<string>()
  const shared = new Set<string>()
  for (const group of groups) {
    const filler = group.rxa && fillerNumber(group)
    const number = filler && entityKey(filler)
    if (number === undefined) continue
    if (once.has(number)) shared.add(number)
    once.add(number)
  }
  return shared
}

/** When the message was made, or else when it came. */
function dateOf({ receivedAt }: Message, reading: Reading): string {
  const made = toInstant(reading.parsed.first("MSH")?.text(7) ?? "", reading.timezone)
  return "value" in made ? made.value : new Date(receivedAt).toISOString()
}
