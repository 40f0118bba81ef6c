/**
 * Our own targets for the codes of referrals: the guide has no map for REF. The v2 code is kept
 * beside the status by whoever emits it.
 */

/** RF1-1 (table 0283) → ServiceRequest.status, a required binding. */
export const referralStatus = {
  // Asked for and not answered yet, or taken on: it stands either way.
  P: { code: "active" },
  A: { code: "active" },
  // Refused, or its time has run out: nobody will act on it any more.
  R: { code: "revoked" },
  E: { code: "revoked" },
} as const

/** RF1-2 (table 0280) → ServiceRequest.priority, a required binding. */
export const referralPriority = {
  S: { code: "stat" },
  A: { code: "asap" },
  R: { code: "routine" },
} as const
