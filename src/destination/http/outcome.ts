import { parseMessage } from "../../hl7/message.ts"
import { isAnswerTo, readAck } from "../../hl7/read-ack.ts"
import type { Outcome } from "../../message.ts"
import { outcomeOfAck } from "../acknowledgement.ts"
import { type Answer, proofOf } from "../answer.ts"
import { beginning } from "../explanation.ts"
import { outcomeOfStatus, why } from "../status.ts"

/**
 * What an answer means for its delivery. 2xx is delivered, but for the page of a proxy, and for an
 * HL7 acknowledgement that refuses: some servers answer 200 whatever they made of a message.
 *
 * @param message the v2 message sent, where it was one
 * @param now in ms since 1970
 */
export function outcomeOf(answer: Answer, message: Uint8Array | undefined, now: number): Outcome {
  const { status, headers, text } = answer
  if (status < 200 || status >= 300) return outcomeOfStatus(answer, now)
  if (/^\s*<(?:!doctype\s+html|html)\b/i.test(text)) {
    const what = `answered ${status}, but with a web page (does a proxy or a login page answer?)`
    return { outcome: "retry", ...why(what, beginning(text)) }
  }
  const acknowledged = message && outcomeOfBody(text, message)
  if (acknowledged && acknowledged.outcome !== "delivered") return acknowledged
  return {
    outcome: "delivered",
    receipt: { ...acknowledged?.receipt, status, ...proofOf(headers) },
  }
}

/** Undefined where the body is no acknowledgement: nothing has to be. */
function outcomeOfBody(text: string, message: Uint8Array): Outcome | undefined {
  if (!/^[\s\v]*MSH/.test(text)) return undefined
  const ack = readAck(Buffer.from(text))
  if (!ack) return undefined
  const controlId = parseMessage(message).first("MSH")?.text(10) ?? ""
  if (isAnswerTo(ack, controlId)) return outcomeOfAck(ack)
  const said = `${ack.code} for "${ack.about}" and not for "${controlId}"`
  return { outcome: "retry", reason: "answered to a message that it was not sent", said }
}
