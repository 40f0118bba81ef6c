/**
 * Our own targets for orders and what is answered to them, where the HL7 v2-to-FHIR guide has no
 * table or names no target. The v2 code is kept beside each by whoever emits it.
 */
import type { Task } from "fhir/r4"
import { orderStatus as guideOrderStatus } from "./order-status.ts"

/** ORC-5 (table 0038) → ServiceRequest.status. */
export const orderStatus = {
  ...guideOrderStatus,
  // "Some, but not all, results available": it is being carried out.
  A: { code: "active" },
} as const

type TaskCode = "abort" | "change" | "fulfill" | "replace" | "resume" | "suspend"

interface Asked {
  asked: TaskCode
  status: Task["status"]
  /** How carrying out the order stands with it, where something else was asked. */
  fulfill?: Task["status"]
}

/**
 * ORC-1 (table 0119) → what was asked (Task.code) and how far that has come (Task.status). The
 * guide has no table for it. A request and its answer name one thing that was asked, by which both
 * are about one Task.
 */
export const orderTask: Readonly<Record<string, Asked>> = {
  NW: { asked: "fulfill", status: "requested" },
  RO: { asked: "fulfill", status: "requested" },
  // Accepted, numbered, or told how it stands: by ORC-5.
  OK: { asked: "fulfill", status: "accepted" },
  NA: { asked: "fulfill", status: "accepted" },
  SC: { asked: "fulfill", status: "accepted" },
  RR: { asked: "fulfill", status: "received" },
  UA: { asked: "fulfill", status: "rejected" },
  // Nothing was done: the data were in error.
  DE: { asked: "fulfill", status: "rejected" },
  OE: { asked: "fulfill", status: "in-progress" },
  OH: { asked: "fulfill", status: "on-hold" },
  OC: { asked: "fulfill", status: "cancelled" },
  OD: { asked: "fulfill", status: "cancelled" },
  CA: { asked: "abort", status: "requested" },
  DC: { asked: "abort", status: "requested" },
  CR: { asked: "abort", status: "completed", fulfill: "cancelled" },
  DR: { asked: "abort", status: "completed", fulfill: "cancelled" },
  // It can't be ended, held, changed or replaced any more: the filler goes on with it.
  UC: { asked: "abort", status: "rejected", fulfill: "in-progress" },
  UD: { asked: "abort", status: "rejected", fulfill: "in-progress" },
  HD: { asked: "suspend", status: "requested" },
  HR: { asked: "suspend", status: "completed", fulfill: "on-hold" },
  UH: { asked: "suspend", status: "rejected", fulfill: "in-progress" },
  RL: { asked: "resume", status: "requested" },
  OR: { asked: "resume", status: "completed", fulfill: "accepted" },
  UR: { asked: "resume", status: "rejected", fulfill: "on-hold" },
  XO: { asked: "change", status: "requested" },
  XR: { asked: "change", status: "completed", fulfill: "accepted" },
  // The filler has changed or replaced it unasked.
  XX: { asked: "change", status: "completed", fulfill: "accepted" },
  UX: { asked: "change", status: "rejected", fulfill: "in-progress" },
  RP: { asked: "replace", status: "requested" },
  RQ: { asked: "replace", status: "completed", fulfill: "cancelled" },
  RU: { asked: "replace", status: "completed", fulfill: "cancelled" },
  UM: { asked: "replace", status: "rejected", fulfill: "in-progress" },
}

/** ORC-5 (table 0038) → Task.status, where an answer says how the order stands. */
export const taskOfStatus: Readonly<Record<string, { code: Task["status"] }>> = {
  A: { code: "in-progress" },
  CA: { code: "cancelled" },
  CM: { code: "completed" },
  DC: { code: "cancelled" },
  ER: { code: "entered-in-error" },
  HD: { code: "on-hold" },
  IP: { code: "in-progress" },
  RP: { code: "cancelled" },
  SC: { code: "accepted" },
}
