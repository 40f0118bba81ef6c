/**
 * Our own targets for the pharmacy. The HL7 v2-to-FHIR guide has no table that ends in a status of
 * MedicationRequest: what it says of ServiceRequest.status is followed where a prescription means
 * the same by it, and each other target has its reason.
 */
import { eventRelatedPeriod as guideEventRelatedPeriod } from "./event-related-period.ts"

/** RPT-8 (table 0528) → Timing.repeat.when, a required binding. */
export const eventRelatedPeriod = {
  ...guideEventRelatedPeriod,
  // R4 has no word for "between meals": the guide's targets are the codes of table 0528 itself.
  IC: null,
  ICM: null,
  ICD: null,
  ICV: null,
} as const

/** ORC-5 (table 0038) → MedicationRequest.status, a required binding. */
export const prescriptionStatus = {
  A: { code: "active" },
  CA: { code: "cancelled" },
  CM: { code: "completed" },
  // R4 parts what was withdrawn before it began (cancelled) from what was broken off (stopped).
  DC: { code: "stopped" },
  ER: { code: "entered-in-error" },
  HD: { code: "on-hold" },
  IP: { code: "active" },
  // Another order has taken its place, and this one is not to be followed any more.
  RP: { code: "stopped" },
  SC: { code: "active" },
} as const

/** ORC-1 (table 0119) → MedicationRequest.status, where ORC-5 gives none. */
export const prescriptionControl = {
  AF: { code: "active" },
  // The guide takes a request to cancel or to hold for one that nobody has followed yet. A
  // prescriber's word about a prescription holds from when it is given.
  CA: { code: "cancelled" },
  DC: { code: "stopped" },
  HD: { code: "on-hold" },
  RP: { code: "stopped" },
  // The pharmacy has done so, asked or of itself.
  CR: { code: "cancelled" },
  DR: { code: "stopped" },
  HR: { code: "on-hold" },
  OC: { code: "cancelled" },
  OD: { code: "stopped" },
  OH: { code: "on-hold" },
  RQ: { code: "stopped" },
  RU: { code: "stopped" },
  // Not accepted: nothing of it will be given.
  UA: { code: "cancelled" },
  // It could not be changed, so that it stands as it did.
  UC: { code: "active" },
  UD: { code: "active" },
  UF: { code: "active" },
  UH: { code: "active" },
  UM: { code: "active" },
  UX: { code: "active" },
  UR: { code: "on-hold" },
  DE: { code: "entered-in-error" },
  // A new order, one that is changed, released or refilled, or a word about its number.
  CH: { code: "active" },
  // The guide has "completed", which is right of a service: a refill leaves the prescription open.
  FU: { code: "active" },
  LI: { code: "active" },
  NA: { code: "active" },
  NW: { code: "active" },
  OE: { code: "active" },
  OF: { code: "active" },
  OK: { code: "active" },
  OP: { code: "active" },
  OR: { code: "active" },
  PA: { code: "active" },
  PR: { code: "active" },
  PY: { code: "active" },
  RE: { code: "active" },
  RF: { code: "active" },
  RL: { code: "active" },
  RO: { code: "active" },
  RR: { code: "active" },
  SN: { code: "active" },
  UN: { code: "active" },
  XO: { code: "active" },
  XR: { code: "active" },
  XX: { code: "active" },
  // Each says that ORC-5 has the status; a refill that is denied says nothing of what was given.
  DF: null,
  MC: null,
  SC: null,
  SR: null,
  SS: null,
} as const

/** RXA-20 (table 0322) → MedicationAdministration.status, a required binding. */
export const administrationStatus = {
  CP: { code: "completed" },
  RE: { code: "not-done" },
  NA: { code: "not-done" },
  // The guide has it so for an Immunization. The code is kept beside it: a part was given.
  PA: { code: "completed" },
} as const

/**
 * ORC-1 (table 0119) → what was asked (Task.code) and how far that has come (Task.status). The
 * guide has no table for it. A request and its answer name one thing that was asked, by which both
 * are about one Task.
 */
export const orderTask: Record<string, { asked: TaskCode; status: TaskStatus }> = {
  NW: { asked: "fulfill", status: "requested" },
  RO: { asked: "fulfill", status: "requested" },
  OK: { asked: "fulfill", status: "accepted" },
  NA: { asked: "fulfill", status: "accepted" },
  RR: { asked: "fulfill", status: "received" },
  SN: { asked: "fulfill", status: "received" },
  UA: { asked: "fulfill", status: "rejected" },
  DE: { asked: "fulfill", status: "failed" },
  OE: { asked: "fulfill", status: "in-progress" },
  OH: { asked: "fulfill", status: "on-hold" },
  OC: { asked: "fulfill", status: "cancelled" },
  OD: { asked: "fulfill", status: "cancelled" },
  CA: { asked: "abort", status: "requested" },
  DC: { asked: "abort", status: "requested" },
  CR: { asked: "abort", status: "completed" },
  DR: { asked: "abort", status: "completed" },
  UC: { asked: "abort", status: "rejected" },
  UD: { asked: "abort", status: "rejected" },
  HD: { asked: "suspend", status: "requested" },
  HR: { asked: "suspend", status: "completed" },
  UH: { asked: "suspend", status: "rejected" },
  RL: { asked: "resume", status: "requested" },
  OR: { asked: "resume", status: "completed" },
  UR: { asked: "resume", status: "rejected" },
  XO: { asked: "change", status: "requested" },
  XR: { asked: "change", status: "completed" },
  UX: { asked: "change", status: "rejected" },
  RP: { asked: "replace", status: "requested" },
  RQ: { asked: "replace", status: "completed" },
  UM: { asked: "replace", status: "rejected" },
}

type TaskCode = "abort" | "change" | "fulfill" | "replace" | "resume" | "suspend"
type TaskStatus =
  | "accepted"
  | "cancelled"
  | "completed"
  | "failed"
  | "in-progress"
  | "on-hold"
  | "received"
  | "rejected"
  | "requested"
