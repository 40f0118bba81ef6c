import type { Appointment, Reference, Schedule, Slot } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Transaction } from "../../fhir/transaction.ts"
import type { Segment } from "../../hl7/message.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { commentOf } from "../segment/nte.ts"
import { periodOf, resourceSegments } from "../segment/resource.ts"
import { appointmentKey } from "../segment/sch.ts"
import { timeOfAppointment } from "../segment/sch-time.ts"
import { codingSystem } from "../type/coding.ts"
import type { Scheduling } from "./groups.ts"

/**
 * The place that an appointment takes in the schedule that SCH-5 names. It has its time and status
 * from the appointment, whenever that is told: see `slotAt`.
 */
export function slotOf(
  sch: Segment,
  appointment: OwnIdentifier,
  reading: Reading,
  mention: Mention,
): Pick<Appointment, "slot"> | undefined {
  const value = sch.text(5)
  if (value === undefined) return undefined
  const system = codingSystem(sch.text(5, 3), sch.text(5, 14), "SCH-5", reading)
  const named = { identifier: { system, value }, display: sch.component(5, 2) }
  const schedule: Schedule = {
    resourceType: "Schedule",
    identifier: [own(reading, "Schedule", "named", system, value), named.identifier],
    // Whose schedule it is, nobody says but by its name.
    actor: [named],
  }
  const slot: Slot = {
    resourceType: "Slot",
    identifier: [own(reading, "Slot", "appointment", appointment.value)],
    schedule: mention(schedule),
    status: "busy",
    start: "",
    end: "",
  }
  return { slot: [mention(slot)] }
}

/** The place with the time of its appointment; given back where that will not take place. */
export function slotAt(slot: Slot, { status, start = "", end = "" }: Appointment): Slot {
  const free = status === "cancelled" || status === "entered-in-error"
  return { ...slot, status: free ? "free" : "busy", start, end }
}

/**
 * Adds the times that a message blocks (S23) or opens again (S24), one Slot for each resource of
 * it, in that resource's schedule; gives how many. The number in SCH tells which block is meant.
 */
export function addBlocks(
  scheduling: Scheduling,
  status: Slot["status"],
  transaction: Transaction,
  reading: Reading,
): number {
  const { sch, notes } = scheduling
  const time = timeOfAppointment({ ...scheduling, starts: [] }, reading)
  const comment = notes.map(commentOf).join("\n")
  const mention: Mention = (resource) => transaction.create(resource)
  let added = 0
  for (const name of ["AIP", "AIL", "AIG"] as const) {
    const { read, startField } = resourceSegments[name]
    for (const segment of scheduling.resources.get(name) ?? []) {
      const { actor } = read(segment, reading, mention)
      const taken = periodOf(segment, startField, time?.start, reading)
      const { start, end } = taken?.start && taken.end ? taken : (time ?? {})
      if (actor === undefined || !start?.includes("T") || !end?.includes("T")) {
        reading.note(`${name}: it names no resource, or no time of it; it is left out`)
        continue
      }
      const schedule = mention(scheduleOf(actor, reading))
      const key = [keyOf(actor), ...(appointmentKey(sch, reading) ?? [start])]
      transaction.update({
        resourceType: "Slot",
        identifier: [own(reading, "Slot", ...key)],
        schedule,
        status,
        start,
        end,
        comment,
      })
      added += 1
    }
  }
  return added
}

/** The schedule of one resource. */
function scheduleOf(actor: Reference, reading: Reading): Schedule {
  return {
    resourceType: "Schedule",
    identifier: [own(reading, "Schedule", "of", keyOf(actor))],
    actor: [actor],
  }
}

function keyOf({ reference, identifier, display }: Reference): string {
  return reference ?? (identifier ? `${identifier.system}|${identifier.value}` : `${display}`)
}
