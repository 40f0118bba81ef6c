/**
 * Our own targets, where the HL7 v2-to-FHIR guide's tables know a v2 code and name no target, or
 * one that FHIR does not allow in its place. The v2 code is kept beside each by whoever emits it.
 */
import { nameUse as guideNameUse } from "./name-use.ts"
import { observationStatus as guideObservationStatus } from "./observation-status.ts"
import { orderControl as guideOrderControl } from "./order-control.ts"
import { resultStatus as guideResultStatus } from "./result-status.ts"
import { telecomEquipment as guideTelecomEquipment } from "./telecom-equipment.ts"
import { telecomUse as guideTelecomUse } from "./telecom-use.ts"

/** OBX-11 (table 0085) → Observation.status, a required binding. */
export const observationStatus = {
  ...guideObservationStatus,
  // B adds to a final result, V confirms it, U makes a preliminary one final without sending the
  // value again: each leaves a result that is final.
  B: { code: "final" },
  U: { code: "final" },
  V: { code: "final" },
  // A value is there, and nobody has verified it, or more of it is to come.
  R: { code: "preliminary" },
  S: { code: "preliminary" },
  // The observation is known of, and has no value yet.
  I: { code: "registered" },
  O: { code: "registered" },
  // Not asked: there will be no value; dataAbsentReason says why.
  N: { code: "cancelled" },
} as const

/** OBR-25 (table 0123) → DiagnosticReport.status, a required binding. */
export const resultStatus = {
  ...guideResultStatus,
  // "Some, but not all, results available" is what FHIR calls partial.
  A: { code: "partial" },
  // "Corrected, not final": FHIR's corrected and amended both come after final.
  M: { code: "preliminary" },
  // "Procedure completed, results pending."
  N: { code: "registered" },
  // Answers to a query that found no order or no patient: nothing is known of a report.
  Y: { code: "unknown" },
  Z: { code: "unknown" },
} as const

/** ORC-1 (table 0119) → ServiceRequest.status, where ORC-5 gives none. */
export const orderControl = {
  ...guideOrderControl,
  // "Observations/performed service to follow": what an ORU sends. The guide names no target; the
  // order was carried out, but a partial result says it too, so that only "active" is safe.
  RE: { code: "active" },
  // The order is known under another number, or its number or status is asked or told.
  NA: { code: "active" },
  RR: { code: "active" },
  SC: { code: "active" },
  SN: { code: "active" },
  SR: { code: "active" },
  SS: { code: "active" },
  // It is changed, refilled, released, or goes to somebody else to be carried out.
  OE: { code: "active" },
  OF: { code: "active" },
  OP: { code: "active" },
  OR: { code: "active" },
  RF: { code: "active" },
  XO: { code: "active" },
  XR: { code: "active" },
  XX: { code: "active" },
  // What was asked of it cannot be done: it stands as it stood.
  UC: { code: "active" },
  UD: { code: "active" },
  UF: { code: "active" },
  UH: { code: "active" },
  UM: { code: "active" },
  UX: { code: "active" },
  UR: { code: "on-hold" },
  // It belongs to another order, a problem or a goal, or one step of it is given up.
  CH: { code: "active" },
  CN: { code: "active" },
  CP: { code: "active" },
  LI: { code: "active" },
  PA: { code: "active" },
  UN: { code: "active" },
  // The guide leaves these active until the filler has answered. But who asks is the placer, whose
  // order it is: R4 calls a request revoked that its author has ended, and many never hear back.
  CA: { code: "revoked" },
  HD: { code: "on-hold" },
  // Replaced, or unable to be carried out. RQ is the answer to RP: the old order, not the new.
  RP: { code: "revoked" },
  RQ: { code: "revoked" },
  RU: { code: "revoked" },
  UA: { code: "revoked" },
  DE: { code: "entered-in-error" },
  // A charge, and no order.
  MC: { code: "unknown" },
} as const

/** XTN-3 (table 0202) → ContactPoint.system. */
export const telecomEquipment = {
  ...guideTelecomEquipment,
  // The guide names the use "mobile", which is no system: a mobile phone is a phone.
  CP: { code: "phone" },
} as const

/** XTN-2 (table 0201) → ContactPoint.use. */
export const telecomUse = {
  ...guideTelecomUse,
  // Another residence and a holiday house are somebody's homes as well.
  ORN: { code: "home" },
  VHN: { code: "home" },
} as const

/** XPN-7 (table 0200) → HumanName.use. */
export const nameUse = {
  ...guideNameUse,
  // FHIR has "temp" for the names that are given at birth.
  NB: { code: "temp" },
  NOUSE: { code: "old" },
  // FHIR's "anonymous" is a pseudonym as well.
  S: { code: "anonymous" },
} as const
