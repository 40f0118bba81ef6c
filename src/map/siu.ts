import type { Appointment, Bundle } from "fhir/r4"
import { Transaction } from "../fhir/transaction.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message, Told } from "../message.ts"
import { type Layer, layKnown } from "./known.ts"
import type { About } from "./mentioned.ts"
import { each, type Part } from "./part.ts"
import { addOrigin, concluded, type Mention, type Reading, readMessage } from "./reading.ts"
import { distinct } from "./result/report.ts"
import {
  appointmentElements,
  appointmentOf,
  appointmentParts,
  patientsOf,
} from "./scheduling/appointment.ts"
import { type Scheduled, type Scheduling, schedulingOf } from "./scheduling/groups.ts"
import { addBlocks, slotAt } from "./scheduling/slot.ts"
import { condition } from "./segment/dg1.ts"
import { enterer } from "./segment/evn.ts"
import { observationKey } from "./segment/obx.ts"
import { resourceOf } from "./segment/obx-document.ts"
import { appointmentIdentity } from "./segment/sch.ts"
import { isEnded } from "./segment/sch-status.ts"

const events = "12 13 14 15 16 17 18 19 20 21 22 23 24 26 27".split(" ")

/**
 * Scheduling (2.5.1, 10.4): one Appointment over its whole life, which these messages own, and its
 * slots. A message says what it is about: what it leaves out stays as it was. The patients, their
 * visits and diagnoses, and who and what takes part are only mentioned.
 */
export const siu: MessageMap = { types: events.map((event) => `SIU^S${event}`), owned, map }

function owned(message: Message, context: ReadContext): string[] {
  const reading = readMessage(message, context)
  const sch = reading.parsed.first("SCH")
  const blocks = eventOf(message) in blocking
  return sch === undefined || blocks ? [] : [nameOf(appointmentIdentity(sch, reading).value)]
}

function map(message: Message, context: MapContext): Mapped {
  const reading = readMessage(message, context)
  const scheduling = schedulingOf(reading)
  if (scheduling === undefined) return { problem: "no SCH segment" }
  const transaction = new Transaction(reading.site.id)
  const status = blocking[eventOf(message)]
  if (status && addBlocks(scheduling, status, transaction, reading) === 0) {
    return { problem: "SCH: it blocks or opens no resource at any time" }
  }
  const { isTold, told } = status
    ? { isTold: true, told: [] }
    : addAppointment(scheduling, transaction, context, reading)
  if (isTold) {
    const mention: Mention = (resource) => transaction.create(resource)
    const agents = each(scheduling.sch, 20, (xcn) => enterer(xcn, reading, mention))
    addOrigin(transaction, reading, { agents })
    return concluded(reading, { transaction, told })
  }
  if (!isEnded(eventOf(message))) {
    return { problem: "nobody takes part: there is no PID, AIP, AIL or AIG" }
  }
  reading.note("SCH: it ends an appointment that nobody has told of; it is ended once that is told")
  return { ...concluded(reading, { transaction, told }), bundle: nothing }
}

/** There is nothing to take back where nothing was told, and nothing to decide. */
const nothing: Bundle = { resourceType: "Bundle", type: "transaction" }

/** The events that are about times in a schedule, not about an appointment. */
const blocking: Record<string, "busy-unavailable" | "free"> = {
  S23: "busy-unavailable",
  S24: "free",
}

function eventOf({ type }: Message): string {
  return type.split("^")[1] ?? ""
}

/** As `Told.resource` names it. */
function nameOf(value: string): string {
  return `Appointment/${value}`
}

/** Adds the appointment, unless nobody takes part: R4 has none such, and `isTold` says so. */
function addAppointment(
  scheduling: Scheduling,
  transaction: Transaction,
  { known }: MapContext,
  reading: Reading,
): { isTold: boolean; told: Told[] } {
  const identity = appointmentIdentity(scheduling.sch, reading)
  const patients = patientsOf(scheduling, reading)
  const event = eventOf(reading.message)
  const layer = { messageId: reading.message.id, known }
  const said = appointmentParts(scheduling, event, patients, identity, reading)
  const parts = event === "S12" ? begunAnew(said, nameOf(identity.value), layer) : said
  const elementsOf = (part: string) => appointmentElements.get(part) ?? []
  const laid = layKnown(nameOf(identity.value), parts, layer, elementsOf)
  const appointment = appointmentOf(identity, laid.elements, reading)
  if (appointment === undefined) return { isTold: false, told: laid.told }
  transaction.update(appointment)
  for (const mentioned of laid.mentions) {
    if (mentioned.resourceType !== "Slot") transaction.create(mentioned)
    else if (appointment.slot) transaction.update(slotAt(mentioned, appointment))
  }
  for (const mentioned of patients.mentions) transaction.create(mentioned)
  for (const [index, scheduled] of scheduling.patients.entries()) {
    const about = patients.about[index]
    if (about) addClinical(scheduled, about, identity.value, transaction, reading)
  }
  return { isTold: true, told: laid.told }
}

/**
 * What is booked (S12), without what was told of an appointment of somebody else that had its
 * number before: some schedulers number the times, and book another patient into the same one.
 */
function begunAnew(said: readonly Part[], name: string, { known, messageId }: Layer): Part[] {
  const told = known.filter((row) => row.resource === name && row.messageId < messageId)
  const before = patientsIn(JSON.parse(told.find(({ part }) => part === "PID")?.value ?? "null"))
  const now = patientsIn(said.find(({ part }) => part === "PID"))
  if (before.length === 0 || now.some((one) => before.includes(one))) return [...said]
  const ended = told.filter(({ part, messageId: at }) => {
    return at > 0 && !said.some((one) => one.part === part)
  })
  return [...said, ...ended.map(({ part }) => ({ part, makes: null, mentions: [] }))]
}

function patientsIn(part: Pick<Part, "makes"> | null | undefined): (string | undefined)[] {
  const { participant = [] } = (part?.makes ?? {}) as Partial<Appointment>
  return participant.map(({ actor }) => actor?.reference)
}

/** Adds what is sent of a patient along with the appointment: diagnoses, and observations. */
function addClinical(
  { diagnoses, observed }: Scheduled,
  about: About,
  appointment: string,
  transaction: Transaction,
  reading: Reading,
): void {
  const mention: Mention = (resource) => transaction.create(resource)
  const { subject, encounter } = about
  for (const dg1 of diagnoses) {
    const made = condition(dg1, { patient: subject, encounter }, reading, mention)
    if (made !== undefined) transaction.create(made)
  }
  const apart = distinct()
  for (const one of observed) {
    const key = apart([subject.reference ?? "", appointment, ...observationKey(one)])
    const made = resourceOf(one, key, about, reading, mention)
    if (made !== undefined) transaction.update(made)
  }
}
