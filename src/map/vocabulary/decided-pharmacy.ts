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
