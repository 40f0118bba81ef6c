import type { AckError, ReadAck } from "../hl7/read-ack.ts"
import type { Issue, Outcome } from "../message.ts"
import { beginning } from "./explanation.ts"
import { why } from "./status.ts"

/**
 * What an acknowledgement means for its delivery (HL7 v2.5.1, table 0008): AA and CA are delivered,
 * AE and CE refuse this message, AR and CR refuse it for now. A receipt's status is what HTTP would
 * have said: 202 where the message was taken over (CA) and not yet looked at.
 */
export function outcomeOfAck(ack: ReadAck): Outcome {
  const { code, controlId } = ack
  switch (code) {
    case "AA":
    case "CA": {
      const status = code === "AA" ? 200 : 202
      return { outcome: "delivered", receipt: { status, code, acknowledgement: controlId } }
    }
    case "AE":
    case "CE":
      return { outcome: "hold", ...whyOf(ack) }
    case "AR":
    case "CR":
      if (refusesForGood(ack)) return { outcome: "hold", ...whyOf(ack) }
      // Of one message again and again, while others go through, it is no matter of time.
      return { outcome: "retry", ...whyOf(ack), ...(!asksForLater(ack) && { doubt: "fault" }) }
  }
  return { outcome: "retry", ...why("answered with a code that is none of table 0008", said(ack)) }
}

/** Table 0357, 200 to 203: it takes no such type, event, processing id or version at all. */
function refusesForGood({ errors }: ReadAck): boolean {
  return errors.some(({ code }) => /^20[0-3]$/.test(code))
}

/** Table 0357, 207: so a box like this one says that its disk is full, for large messages first. */
function asksForLater({ errors }: ReadAck): boolean {
  return errors.some(({ code }) => code === "207")
}

function whyOf(ack: ReadAck) {
  const codes = ack.errors.map(({ code }) => code).filter((code) => /^\d{1,3}$/.test(code))
  const errors = codes.length > 0 ? ` (ERR-3 ${codes.slice(0, 3).join(", ")})` : ""
  const issues = ack.errors.map(issueOf)
  return {
    ...why(`answered ${ack.code}${errors}`, said(ack)),
    ...(issues.length > 0 && { issues }),
  }
}

/** In the receiver's words: MSA-3, and what its errors say where that is more. */
function said({ code, text, errors }: ReadAck): string {
  const texts = [text, ...errors.map((error) => error.text)].filter((one) => one !== "")
  return beginning([...new Set(texts)].join("; ") || code)
}

function issueOf({ code, severity, location, text }: AckError): Issue {
  const names: Readonly<Record<string, string>> = { W: "warning", I: "information", F: "fatal" }
  return { severity: names[severity] ?? "error", code, text: beginning(text), expression: location }
}
