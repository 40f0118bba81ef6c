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

/**
 * ORC-1 (table 0119) → Task.status: what a filler says to an order. The codes that only a placer
 * sends are not in it: with those there is no answer.
 */
export const taskOfControl: Readonly<Record<string, { code: Task["status"] }>> = {
  RR: { code: "received" },
  // Accepted, numbered, changed or released as it was asked.
  OK: { code: "accepted" },
  NA: { code: "accepted" },
  OE: { code: "accepted" },
  OR: { code: "accepted" },
  SC: { code: "accepted" },
  XR: { code: "accepted" },
  XX: { code: "accepted" },
  HR: { code: "on-hold" },
  OH: { code: "on-hold" },
  // Ended, as it was asked or by the filler itself, or replaced by another order.
  CR: { code: "cancelled" },
  DR: { code: "cancelled" },
  OC: { code: "cancelled" },
  OD: { code: "cancelled" },
  RQ: { code: "cancelled" },
  RU: { code: "cancelled" },
  // Can't be ended, changed or replaced any more: the filler goes on with it.
  UC: { code: "in-progress" },
  UD: { code: "in-progress" },
  UH: { code: "in-progress" },
  UM: { code: "in-progress" },
  UX: { code: "in-progress" },
  UR: { code: "on-hold" },
  UA: { code: "rejected" },
  DE: { code: "rejected" },
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
