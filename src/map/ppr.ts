import type { Reference } from "fhir/r4"
import { type OwnIdentifier, referenceTo } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import { type MentionedApart, mentionApart } from "./apart.ts"
import { layKnown } from "./known.ts"
import { severalPatients } from "./mentioned.ts"
import { type Part, partOf, partsOf } from "./part.ts"
import { type Listed, listedIn } from "./ppr-groups.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { distinct } from "./result/report.ts"
import { goalIdentity, goalOf, golFields } from "./segment/gol.ts"
import { annotations } from "./segment/nte.ts"
import { observation, observationKey } from "./segment/obx.ts"
import { bringsFile } from "./segment/obx-document.ts"
import { patientIdentity } from "./segment/pid.ts"
import { prbFields, problemIdentity, problemOf, wrongly } from "./segment/prb.ts"

/**
 * Problems and goals (2.5.1, 12.3): one Condition and one Goal each over its whole life, which
 * these messages own. To delete one is to say that it was entered in error. The guide has no map
 * for PPR and PGL; this one is ours. The patient and the visit are only mentioned.
 */
export const ppr: MessageMap = {
  types: ["PPR^PC1", "PPR^PC2", "PPR^PC3", "PGL^PC6", "PGL^PC7", "PGL^PC8"],
  owned,
  map,
}

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const pid = reading.parsed.first("PID")
  const patient = pid && patientIdentity(pid, reading)
  if (patient === undefined) return []
  const { reference } = referenceTo(patient)
  return listedIn(reading).flatMap((one) => {
    const identity = one.action === "unchanged" ? undefined : identityOf(one, reference, reading)
    return identity ? [nameOf(one, identity)] : []
  })
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const { parsed } = reading
  const pid = parsed.first("PID")
  if (pid === undefined) return { problem: "no PID segment" }
  const several = severalPatients(reading)
  if (several !== undefined) return { problem: several }
  const [pd1, pv1] = [parsed.first("PD1"), parsed.first("PV1")]
  const apart = mentionApart({ pid, pd1, nk1: parsed.all("NK1"), pv1 }, 0, reading)
  const transaction = new Transaction(reading.site.id)
  const listed = listedIn(reading)
  const filing: Filing = { listed, apart, transaction, known: context.known, reading }
  const told = listed.flatMap((one) => addListed(one, filing))
  if (transaction.references().length === 0) {
    return { problem: "neither PRB nor GOL names a problem or a goal" }
  }
  for (const mentioned of apart.mentions) transaction.create(mentioned)
  addOrigin(transaction, reading)
  return concluded(reading, { transaction, told })
}

interface Filing {
  listed: readonly Listed[]
  apart: MentionedApart
  transaction: Transaction
  known: readonly Told[]
  reading: Reading
}

/** Adds one problem or goal; gives what is to be remembered of it. */
function addListed(one: Listed, filing: Filing): Told[] {
  const { apart, transaction, known, reading } = filing
  const { subject } = apart.about
  const identity = identityOf(one, subject.reference ?? "", reading)
  if (identity === undefined) {
    reading.note(`${one.name}: neither a number nor a code names it; it is left out`)
    return []
  }
  const parts = partsOfListed(one, identity, filing)
  const layer = { messageId: reading.message.id, known }
  const elementsOf = (part: string) => elements[one.name].get(part) ?? []
  const laid = layKnown(nameOf(one, identity), parts, layer, elementsOf)
  const made =
    one.name === "PRB"
      ? problemOf(identity, subject, laid.elements)
      : goalOf(identity, subject, laid.elements)
  if (made === undefined) {
    reading.note(`${one.name}-3: nothing says what it is; it is left out`)
    return []
  }
  for (const mentioned of laid.mentions) transaction.create(mentioned)
  if (one.action !== "unchanged") {
    transaction.update(made)
    return laid.told
  }
  transaction.create(made)
  return []
}

function partsOfListed(one: Listed, identity: OwnIdentifier, filing: Filing): Part[] {
  const { segment, name, notes } = one
  const { apart, reading } = filing
  const { encounter } = apart.about
  const status = statusPart(one)
  const observed = addObserved(one, identity, filing)
  const made = [
    status,
    partOf("NTE", reading, (mention) => ({ note: annotations(notes, reading, mention) })),
    partOf("OBX", reading, () =>
      name === "PRB" ? { evidence: [{ detail: observed }] } : { outcomeReference: observed },
    ),
    name === "GOL" ? addressPart(one, filing) : undefined,
    name === "PRB" && encounter
      ? { part: "PV1", makes: { encounter }, mentions: apart.mentions }
      : undefined,
  ].filter((part) => part !== undefined)
  const said =
    name === "PRB" ? partsOf(segment, prbFields, reading) : partsOf(segment, golFields, reading)
  return [...said.filter(({ part }) => part !== status?.part), ...made]
}

/**
 * What the action makes of the status: one that is deleted was entered in error, and one that is
 * added, maybe once more, is not.
 */
function statusPart({ segment, name, action }: Listed): Part | undefined {
  const [part, field] = name === "PRB" ? (["PRB-13", 13] as const) : (["GOL-18", 18] as const)
  const problem = name === "PRB"
  if (action === "delete") {
    const makes = problem
      ? { verificationStatus: wrongly }
      : { lifecycleStatus: "entered-in-error" }
    return { part, makes, mentions: [] }
  }
  if (action !== "add" || segment.raw(field) !== "") return undefined
  return { part, makes: problem ? null : { lifecycleStatus: "active" }, mentions: [] }
}

/** The problems a goal is about: the one it stands under, or those that stand under it. */
function addressPart(goal: Listed, { listed, apart, reading }: Filing): Part | undefined {
  const { reference = "" } = apart.about.subject
  const links = [
    { problem: goal.above, unlinked: goal.unlinked },
    ...listed
      .filter(({ above }) => above === goal)
      .map((problem) => ({ problem, unlinked: problem.unlinked })),
  ].filter(({ problem }) => problem !== undefined)
  if (links.length === 0) return undefined
  const addresses = links.map(({ problem, unlinked }) => {
    const identifier = problem && !unlinked && identityOf(problem, reference, reading)
    return identifier ? { type: "Condition", identifier } : undefined
  })
  return partOf("PRB", reading, () => ({ addresses })) ?? { part: "PRB", makes: null, mentions: [] }
}

/**
 * Adds what was observed of it; gives references by our identifiers, which later messages keep.
 */
function addObserved(one: Listed, identity: OwnIdentifier, filing: Filing): Reference[] {
  const { apart, transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const tellApart = distinct()
  return one.observed.flatMap((observed) => {
    if (bringsFile(observed)) {
      reading.note("OBX-5: a file below a problem or a goal; it is left out")
      return []
    }
    const key = tellApart([identity.value, ...observationKey(observed)])
    const made = observation(observed, key, apart.about, reading, mention)
    if (made === undefined) return []
    transaction.update(made)
    const [identifier] = made.identifier ?? []
    return [{ type: "Observation", identifier }]
  })
}

function identityOf({ name, segment }: Listed, patient: string, reading: Reading) {
  return name === "PRB"
    ? problemIdentity(segment, patient, reading)
    : goalIdentity(segment, patient, reading)
}

/** As `Told.resource` names it. */
function nameOf({ name }: Listed, { value }: OwnIdentifier): string {
  return `${name === "PRB" ? "Condition" : "Goal"}/${value}`
}

/** The elements that each part can make. */
const elements: Record<Listed["name"], ReadonlyMap<string, readonly string[]>> = {
  PRB: new Map([
    ...prbFields.map(({ field, elements }) => [`PRB-${field}`, elements] as const),
    ["NTE", ["note"]],
    ["OBX", ["evidence"]],
    ["PV1", ["encounter"]],
  ]),
  GOL: new Map([
    ...golFields.map(({ field, elements }) => [`GOL-${field}`, elements] as const),
    ["NTE", ["note"]],
    ["OBX", ["outcomeReference"]],
    ["PRB", ["addresses"]],
  ]),
}
