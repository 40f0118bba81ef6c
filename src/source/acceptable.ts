import type { Header } from "../hl7/head.ts"
import type { Malformed } from "../message.ts"
import type { AnswerSettings } from "./settings.ts"

/**
 * Why a message is not acceptable to a source that was told to mind types, processing ids or
 * versions (HL7 v2.5.1, 2.9.2; table 0357, codes 200 to 203); undefined where it is.
 */
export function unacceptable(
  header: Header,
  messageType: string,
  { type, processing, version }: AnswerSettings,
): Malformed | undefined {
  const [code] = messageType.split("^")
  if (type && !type.some((one) => one === messageType || one === code)) {
    const known = type.some((one) => one.split("^")[0] === code)
    return known
      ? { code: 201, location: "MSH^1^9", reason: "this source does not take this event of MSH-9" }
      : { code: 200, location: "MSH^1^9", reason: "this source does not take this type of MSH-9" }
  }
  // PT and VID: the id itself is the first component.
  const first = (field: number) =>
    header
      .field(field)
      .split(header.encoding[0] ?? "^")[0]
      ?.trim()
  if (processing && !processing.some((one) => one === first(11))) {
    const reason = `this source takes the processing ids ${processing.join(", ")} in MSH-11`
    return { code: 202, location: "MSH^1^11", reason }
  }
  if (version && !version.some((one) => one === first(12))) {
    const reason = `this source takes the versions ${version.join(", ")} in MSH-12`
    return { code: 203, location: "MSH^1^12", reason }
  }
  return undefined
}
