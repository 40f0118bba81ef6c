import type { Appointment } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { type Status, statusOf } from "../type/status.ts"
import { appointmentStatus } from "../vocabulary/decided-scheduling.ts"

type AppointmentStatus = Appointment["status"]

/**
 * The status that a message gives its appointment: an event that ends it (2.5.1, 10.4) says so
 * whatever stands in SCH-25, which some senders leave at "Booked"; else it is SCH-25, else that of
 * the only service (AIS-10), else what the event means. Undefined where nothing is said of it.
 */
export function statusOfAppointment(
  event: string,
  sch: Segment,
  services: readonly Segment[],
  reading: Reading,
): Pick<Appointment, "status" | "_status"> | undefined {
  const [only] = services.length === 1 ? services : []
  const given = codeOfTable0278(sch.text(25))
  const field = given === undefined ? "AIS-10" : "SCH-25"
  const code = given ?? codeOfTable0278(only?.text(10))
  const ended = isEnded(event) ? endings[event] : undefined
  const meant = ended ?? (event === "S12" || event === "S13" ? "booked" : undefined)
  if (code === undefined) return meant && { status: meant }
  const from = { field, table: "0278", plain: "" }
  const said: Status<AppointmentStatus> = statusOf(appointmentStatus, code, from, reading)
  const status = ended ?? (said.status === "unknown" ? meant : said.status)
  if (status === undefined) return undefined
  return plain.has(`${code} ${status}`) ? { status } : { status, _status: said._status }
}

/** The statuses that have a reason (app-4); SCH-6 gives one for every event. */
export const missed: ReadonlySet<string> = new Set(["cancelled", "noshow"])

/**
 * A code of table 0278 in its own spelling: it is one of words, which senders write in capitals.
 */
export function codeOfTable0278(code: string | undefined): string | undefined {
  return code && `${code.charAt(0).toUpperCase()}${code.slice(1).toLowerCase()}`
}

/** Whether an event ends its appointment. */
export function isEnded(event: string): boolean {
  return Object.hasOwn(endings, event)
}

/** Discontinued (S16) is an appointment that was begun and given up. */
const endings: Record<string, AppointmentStatus> = {
  S15: "cancelled",
  S16: "cancelled",
  S17: "entered-in-error",
  S26: "noshow",
}

/** The codes that say no more than the status they become. */
const plain: ReadonlySet<string> = new Set([
  "Pending pending",
  "Waitlist waitlist",
  "Booked booked",
  "Started checked-in",
  "Complete fulfilled",
  "Completed fulfilled",
  "Arrived arrived",
  "Cancelled cancelled",
  "Canceled cancelled",
  "Deleted entered-in-error",
  "Noshow noshow",
])
