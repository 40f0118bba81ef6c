import type { Account, Reference } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey, patientNumberIn } from "../../hl7/subject.ts"
import type { Told } from "../../message.ts"
import { joinParts, type Laid, layKnown } from "../known.ts"
import { each, type Field, type Part, partsOf } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { identifier } from "../type/cx.ts"
import { dateTime, orderedPeriod } from "../type/dtm.ts"

/** An Account as it is to stand at the destination. */
interface Kept {
  resource: Account
  mentions: Identified[]
  told: Told[]
}

/** Over what a message speaks: the id it has in the journal, and what was told before. */
export interface Layer {
  messageId: number
  known: readonly Told[]
}

/**
 * Our own identifier of the account that a field (PID-18, MRG-3) names, which is of one patient;
 * undefined without a number.
 */
export function accountNumbered(
  segment: Segment,
  field: 3 | 18,
  patient: Reference,
  reading: Reading,
): OwnIdentifier | undefined {
  const [number] = segment.repetitions(field)
  const key = number && patientKey(patientNumberIn(number), reading.source.assigner)
  return key === undefined ? undefined : own(reading, "Account", patient.reference ?? "", key)
}

/**
 * What the PID, the PV1 and the event of a message say of its account. An ADT is not asked when the
 * services were: what it takes back of a visit would have to be taken back here too.
 */
export function accountParts(pid: Segment, pv1: Segment | undefined, reading: Reading): Part[] {
  const status = statusOf(reading.message.type)
  const event: Part[] = status ? [{ part: "MSH-9", makes: { status }, mentions: [] }] : []
  const ofAdt = reading.message.type.startsWith("ADT")
  const visit = pv1 && !ofAdt ? partsOf(pv1, pv1Fields, reading) : []
  const goesOn = endsAccounts(reading) || reading.message.type === "BAR^P01"
  const notMerged: Part[] = goesOn ? [{ part: mergedAway, makes: null, mentions: [] }] : []
  return [...event, ...partsOf(pid, pidFields, reading), ...notMerged, ...visit]
}

/**
 * Whether accounts come to an end within another by this event, or under another number or patient
 * (2.5.1, 3.3.35 to 3.3.49). In other events MRG-3 only says which account it was then: it is
 * mentioned, as the guide has it, and what became of it is not known.
 */
export function endsAccounts({ message }: Reading): boolean {
  return accountEvents.has(message.type)
}

const accountEvents: ReadonlySet<string> = new Set(
  ["A35", "A36", "A41", "A44", "A49"].map((event) => `ADT^${event}`),
)

/**
 * Says of an account that it goes on elsewhere. It is apart from what opens and ends an account, so
 * that a merge that is reversed gives back what was, and a merge into an account that was ended
 * opens nothing; its name puts it behind these.
 */
const mergedAway = "PID-18 merged"
export const ended: Part = { part: mergedAway, makes: { status: "inactive" }, mentions: [] }

/**
 * The Account that these parts make. With `layer` they are laid over what is known of it, for a
 * message that keeps accounts up to date; without, it is what this message alone says.
 */
export function account(
  identity: OwnIdentifier,
  patient: Reference,
  parts: readonly Part[],
  layer: Layer | undefined,
  reading: Reading,
): Kept {
  const name = `Account/${identity.value}`
  const joined: Laid = layer
    ? layKnown(name, parts, layer, (part) => elements.get(part) ?? [])
    : { ...joinParts(parts), told: [] }
  const said: Partial<Account> = joined.elements
  const resource: Account = {
    resourceType: "Account",
    ...said,
    identifier: [identity, ...(said.identifier ?? [])],
    status: said.status ?? "active",
    subject: [patient],
    servicePeriod: said.servicePeriod && orderedPeriod(said.servicePeriod, "PV1-45", reading),
  }
  return { resource, mentions: joined.mentions, told: joined.told }
}

/**
 * A P06 ends the account, a P02 purges it, and a P01 or P05 says that it is kept. R4 calls inactive
 * what nothing is to be charged to any more, which is true of both; that the account was an error,
 * a P02 does not say.
 */
function statusOf(type: string): Account["status"] | undefined {
  if (type === "BAR^P02" || type === "BAR^P06") return "inactive"
  return type === "BAR^P01" || type === "BAR^P05" ? "active" : undefined
}

const pidFields: readonly Field<Account>[] = [
  {
    field: 18,
    elements: ["identifier"],
    make: (pid, reading) => ({
      identifier: each(pid, 18, (cx) => identifier(cx, "account", "PID-18", reading)),
    }),
  },
]

const pv1Fields: readonly Field<Account>[] = ([44, 45] as const).map((field) => ({
  field,
  elements: ["servicePeriod"],
  make: (pv1, reading) => {
    const time = dateTime(pv1.text(field), `PV1-${field}`, reading)
    return { servicePeriod: field === 44 ? { start: time } : { end: time } }
  },
}))

const elements = new Map<string, readonly string[]>([
  ["MSH-9", ["status"]],
  ["PID-18", ["identifier"]],
  ["PV1-44", ["servicePeriod"]],
  ["PV1-45", ["servicePeriod"]],
  ["IN1", ["coverage"]],
  ["GT1", ["guarantor"]],
])
