import type { AckCode } from "./ack.ts"
import { type Header, typeOf } from "./head.ts"

/** Which rules a source answers by: what each message asks for, or always one of the two modes. */
export type AckMode = "auto" | "original" | "enhanced"

/** What is to be said of a message: it was taken, it is in error, or it is refused. */
export type Said = "accept" | "error" | "reject"

const original: Record<Said, readonly AckCode[]> = {
  accept: ["AA"],
  error: ["AE"],
  reject: ["AR"],
}
const accept: Record<Said, AckCode> = { accept: "CA", error: "CE", reject: "CR" }

/**
 * MSA-1 of each acknowledgement a message gets, in their order (HL7 v2.5.1, 2.9). It is in original
 * mode where MSH-15 and MSH-16 are both empty: one application acknowledgement. Otherwise MSH-15
 * says when it wants an accept acknowledgement, and MSH-16 when an application acknowledgement.
 *
 * A negative accept acknowledgement ends the exchange (2.9.3): what was not taken never reaches an
 * application. With mode `enhanced` a message that says nothing in MSH-15 is given one always.
 *
 * What is itself an acknowledgement gets an accept acknowledgement where it asks for one, and else
 * nothing: two that answer each other's would never end.
 */
export function ackCodes(
  header: Header | undefined,
  said: Said,
  mode: AckMode,
): readonly AckCode[] {
  const forAccept = conditionOf(header, 15)
  if (header && isAck(header)) {
    return mode !== "original" && asks(forAccept, said) ? [accept[said]] : []
  }
  if (mode === "original") return original[said]
  const forApplication = conditionOf(header, 16)
  if (mode === "auto" && forAccept === "" && forApplication === "") return original[said]
  const accepting = forAccept === "" && mode === "enhanced" ? "AL" : forAccept
  const codes: AckCode[] = []
  if (asks(accepting, said)) codes.push(accept[said])
  if (codes.length > 0 && said !== "accept") return codes
  return asks(forApplication, said) ? [...codes, ...original[said]] : codes
}

function isAck(header: Header): boolean {
  const type = typeOf(header)
  return type === "ACK" || type.startsWith("ACK^")
}

/** MSH-15 or MSH-16. What is not of table 0155 asks for nothing: "ACCEPT" was seen in the field. */
function conditionOf(header: Header | undefined, field: 15 | 16): Condition {
  const text = header?.field(field) ?? ""
  if (text === "") return ""
  const condition = text.trim().toUpperCase()
  return isCondition(condition) ? condition : ""
}

/** Table 0155: always, never, on errors only, on success only. */
const conditions = ["AL", "NE", "ER", "SU"] as const

type Condition = (typeof conditions)[number] | ""

function isCondition(text: string): text is Condition {
  return conditions.some((condition) => condition === text)
}

function asks(condition: Condition, said: Said): boolean {
  switch (condition) {
    case "AL":
      return true
    case "NE":
    case "":
      return false
    case "ER":
      return said !== "accept"
    case "SU":
      return said === "accept"
    default:
      return condition satisfies never
  }
}
