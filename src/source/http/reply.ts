import { notNow } from "../../hl7/ack.ts"
import type { Said } from "../../hl7/ack-codes.ts"
import type { Verdict } from "../../message.ts"
import { type Answer, saidOf } from "../answer.ts"

/** When a sender that was told 503 should come again: the disk is looked at meanwhile. */
export const retryAfter = { "retry-after": "10" }

/**
 * The status of a reply. What holds several messages is answered for the worst of them: a sender
 * that sees 200 forgets all of it. Those already stored are repeats when they come again.
 */
export function statusOf(verdicts: readonly Verdict[]): 200 | 400 | 503 {
  if (verdicts.some(({ verdict }) => verdict === "unavailable")) return 503
  return verdicts.some(({ verdict }) => verdict === "malformed") ? 400 : 200
}

/** What is said in v2: the acknowledgements, each ended by its CR. */
export function textOf({ replies }: Answer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([...replies]))
}

/** What is said in JSON, by the codes of original mode: a receipt, or one for each of several. */
export function receiptOf({ verdicts }: Answer): object {
  const receipts = verdicts.map(oneReceipt)
  const [only] = receipts
  return only && receipts.length === 1 ? only : receipts
}

function oneReceipt(verdict: Verdict): object {
  const [said, error] = saidOf(verdict)
  const code = codes[said]
  if ("id" in verdict) return { id: verdict.id, verdict: verdict.verdict, code }
  const { code: number, location, reason } = error ?? notNow
  return { verdict: verdict.verdict, code, error: number, location, reason }
}

const codes: Record<Said, string> = { accept: "AA", error: "AE", reject: "AR" }
