/**
 * Our own targets for the codes of scheduling, where the guide's tables name none or one that
 * would mislead. The v2 code is kept beside each by whoever emits it.
 */
import { appointmentReason as guideAppointmentReason } from "./appointment-reason.ts"
import { fillerStatus } from "./filler-status.ts"

/** SCH-25 and AIS-10 (table 0278) → Appointment.status, a required binding. */
export const appointmentStatus = {
  ...fillerStatus,
  // Begun and given up: FHIR has no word for it, and nobody must wait for it to go on.
  Discontinued: { code: "cancelled" },
  // One more than the schedule has room for is booked all the same.
  Overbook: { code: "booked" },
  // The time is taken, whatever for.
  Blocked: { code: "booked" },
  // No codes of the table, but plain words that schedulers send in their place.
  Arrived: { code: "arrived" },
  Canceled: { code: "cancelled" },
  Completed: { code: "fulfilled" },
} as const

/** SCH-7 (table 0276) → Appointment.reasonCode. */
export const appointmentReason = {
  ...guideAppointmentReason,
  // The guide's SNOMED CT concept says "no follow-up planned", which nobody said.
  ROUTINE: null,
} as const

/**
 * AIP-12, AIL-12 and AIG-14 (table 0278) → Appointment.participant.status, a required binding for
 * which the guide has no table. Once it was booked, that it was held or missed changes nothing.
 */
export const participantStatus = {
  Pending: { code: "needs-action" },
  Waitlist: { code: "needs-action" },
  Booked: { code: "accepted" },
  Overbook: { code: "accepted" },
  Blocked: { code: "accepted" },
  Started: { code: "accepted" },
  Complete: { code: "accepted" },
  Noshow: { code: "accepted" },
  Cancelled: { code: "declined" },
  Canceled: { code: "declined" },
  Discontinued: { code: "declined" },
  Deleted: { code: "declined" },
} as const
