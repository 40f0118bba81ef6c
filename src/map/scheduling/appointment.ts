import type { Appointment, AppointmentParticipant, Element, Extension } from "fhir/r4"
import type { Identified, OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { mentionApart } from "../apart.ts"
import type { About } from "../mentioned.ts"
import { type Part, partOf, partsOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { aisStart, scheduledOrders } from "../segment/ais.ts"
import { annotations, commentOf } from "../segment/nte.ts"
import { participant, resourceSegments } from "../segment/resource.ts"
import { schFields } from "../segment/sch.ts"
import { missed, statusOfAppointment } from "../segment/sch-status.ts"
import { timeOfAppointment } from "../segment/sch-time.ts"
import { firstConcept } from "../type/cwe.ts"
import type { Scheduling } from "./groups.ts"
import { slotOf } from "./slot.ts"

/** The patients of an appointment, and all that speaking of them mentions. */
export interface Patients {
  about: About[]
  mentions: Identified[]
}

export function patientsOf({ patients }: Scheduling, reading: Reading): Patients {
  const apart = patients.map((one, index) => mentionApart(one, index, reading))
  return {
    about: apart.map(({ about }) => about),
    mentions: apart.flatMap(({ mentions }) => mentions.map(notBegun)),
  }
}

/** A visit of which only the class is known may lie ahead: the class says nothing of it here. */
function notBegun(resource: Identified): Identified {
  if (resource.resourceType !== "Encounter" || resource.period?.start) return resource
  return resource.class.code === "AMB" ? { ...resource, status: "unknown" } : resource
}

/**
 * What a message says of its appointment. The resources of one kind are one part: a message that
 * has any of them has all of them.
 */
export function appointmentParts(
  scheduling: Scheduling,
  event: string,
  { about, mentions }: Patients,
  identity: OwnIdentifier,
  reading: Reading,
): Part[] {
  const { sch, resources, notes } = scheduling
  const services = resources.get("AIS") ?? []
  const status = statusOfAppointment(event, sch, services, reading)
  const time = timeOfAppointment({ ...scheduling, starts: startsOf(scheduling) }, reading)
  const open = status === undefined || !undecided.has(status.status)
  const standing = open ? "accepted" : "needs-action"
  const [patient] = about
  const comment = notes.map(commentOf).filter((text) => text !== "")
  if (patient === undefined && sch.raw(26) + sch.raw(27) !== "") {
    reading.note("SCH-26, SCH-27: without a patient there is no order to refer to")
  }
  const made = [
    partOf("MSH-9", reading, () => status),
    status && reasonPart(sch, status.status, reading),
    partOf("SCH-11", reading, () => time),
    about.length > 0 ? { part: "PID", makes: takingPart(about, standing), mentions } : undefined,
    resources.has("AIS") ? servicePart(services, reading) : undefined,
    ...resourceParts(scheduling, time?.start, standing, reading),
    partOf("NTE", reading, (mention) => ({
      comment: comment.join("\n"),
      extension: signed(notes, reading, mention),
    })),
    partOf("SCH-5", reading, (mention) => slotOf(sch, identity, reading, mention)),
    partOf("SCH-26", reading, (mention) => {
      const orders = patient ? scheduledOrders(sch, services, patient, time?.start, reading) : []
      // Orders are kept with their patient and visit: a later message may speak of others.
      if (orders.length > 0) for (const mentioned of mentions) mention(mentioned)
      return { basedOn: orders.map(mention) }
    }),
  ]
  return [...partsOf(sch, schFields, reading), ...made.filter((part) => part !== undefined)]
}

/** The elements that each part can make. */
export const appointmentElements: ReadonlyMap<string, readonly string[]> = new Map([
  ...schFields.map(({ field, elements }) => [`SCH-${field}`, elements] as const),
  ["MSH-9", ["status", "_status"]],
  ["SCH-6", ["cancelationReason"]],
  ["SCH-11", ["start", "end", "requestedPeriod"]],
  ["PID", ["participant", "supportingInformation"]],
  ["AIS", ["serviceType"]],
  ...(["AIG", "AIL", "AIP"] as const).map((name) => [name, ["participant"]] as const),
  ["NTE", ["comment", "extension"]],
  ["SCH-5", ["slot"]],
  ["SCH-26", ["basedOn"]],
])

/** R4's comment is a text; who wrote a note and when (NTE-5, NTE-6) is told as R5 has notes. */
function signed(notes: readonly Segment[], reading: Reading, mention: Mention): Extension[] {
  const told = notes.filter((nte) => nte.raw(5) !== "" || nte.raw(6) !== "")
  return annotations(told, reading, mention).map((valueAnnotation) => {
    return { url: appointmentNote, valueAnnotation }
  })
}

const appointmentNote = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.note"

/**
 * The Appointment of these elements; undefined where nobody takes part, as R4 allows none such.
 */
export function appointmentOf(
  identity: OwnIdentifier,
  elements: Partial<Appointment>,
  reading: Reading,
): Appointment | undefined {
  const { identifier = [], participant = [], start, end, slot } = elements
  if (participant.length === 0) return undefined
  // What is told of an appointment nobody has told of before is at least in somebody's schedule.
  const status = elements.status ?? "booked"
  const timeless = start === undefined && end === undefined
  // app-3 wants both ends of all but these, and app-2 both or none: what is not told is said to be
  // unknown. An end of our own would be invented.
  const mayBeTimeless = timeless && mayLackTime.has(status)
  const unknown = mayBeTimeless ? undefined : absent
  if (!mayBeTimeless && (start === undefined || end === undefined)) {
    reading.note("TQ1, SCH-11: its start or its end is not told; it is written as unknown")
  }
  return {
    resourceType: "Appointment",
    ...elements,
    identifier: [identity, ...identifier],
    status,
    start,
    _start: start === undefined ? unknown : undefined,
    end,
    _end: end === undefined ? unknown : undefined,
    // A Slot has both ends.
    slot: start === undefined || end === undefined ? undefined : slot,
    participant,
  }
}

const undecided: ReadonlySet<string> = new Set(["proposed", "pending", "waitlist"])
const mayLackTime: ReadonlySet<string> = new Set(["proposed", "cancelled", "waitlist"])
const absent: Element = {
  extension: [
    {
      url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
      valueCode: "unknown",
    },
  ],
}

/** Why it will not be, or was not: the reason of this event (SCH-6), never that of one before. */
function reasonPart(sch: Segment, status: string, reading: Reading): Part {
  const part = partOf("SCH-6", reading, () => ({
    cancelationReason: missed.has(status) ? firstConcept(sch, "SCH-6", reading) : undefined,
  }))
  return part ?? { part: "SCH-6", makes: null, mentions: [] }
}

/** What the appointment is for; nothing any more where the message takes its last service back. */
function servicePart(services: readonly Segment[], reading: Reading): Part {
  const part = partOf("AIS", reading, () => ({
    serviceType: services.map((ais) => firstConcept(ais, "AIS-3", reading)),
  }))
  return part ?? { part: "AIS", makes: null, mentions: [] }
}

function resourceParts(
  { resources }: Scheduling,
  starts: string | undefined,
  standing: AppointmentParticipant["status"],
  reading: Reading,
): Part[] {
  return (["AIG", "AIL", "AIP"] as const).flatMap((name): Part[] => {
    const segments = resources.get(name)
    if (segments === undefined) return []
    const part = partOf(name, reading, (mention) => ({
      participant: segments.map((segment) =>
        participant(segment, resourceSegments[name], starts, standing, reading, mention),
      ),
    }))
    return [part ?? { part: name, makes: null, mentions: [] }]
  })
}

/** The patients, and the visits the appointment belongs to: R4 has no other place for these. */
function takingPart(
  about: readonly About[],
  status: AppointmentParticipant["status"],
): Partial<Appointment> {
  const visits = about.map(({ encounter }) => encounter).filter((visit) => visit !== undefined)
  return {
    participant: about.map(({ subject }) => ({ actor: subject, status })),
    supportingInformation: visits.length > 0 ? visits : undefined,
  }
}

function startsOf({ resources }: Scheduling) {
  const services = (resources.get("AIS") ?? []).map((segment) => ({ segment, field: aisStart }))
  const others = (["AIP", "AIL", "AIG"] as const).flatMap((name) =>
    (resources.get(name) ?? []).map((segment) => ({
      segment,
      field: resourceSegments[name].startField,
    })),
  )
  return [...services, ...others]
}
