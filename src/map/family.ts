import { parseMessage } from "../hl7/message.ts"
import type { MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"

/**
 * The map for a message of a trigger that no map lists, where it is of a family that is known by
 * the code of its type, or by a segment that only that family has: what a document or an
 * appointment says is read in one piece. Undefined for any other, which is read by its segments;
 * so are orders, results and ADT, as what they keep up to date depends on the event.
 */
export function familyOf(
  maps: readonly MessageMap[],
  { type, bytes }: Message,
): MessageMap | undefined {
  const [code = ""] = type.split("^")
  const byCode = codes.has(code) ? code : undefined
  const family = byCode ?? bySegment(bytes)
  return family === undefined
    ? undefined
    : maps.find(({ types }) => types.some((each) => each.startsWith(`${family}^`)))
}

function bySegment(bytes: Uint8Array): string | undefined {
  const names = new Set(parseMessage(bytes).segments.map(({ name }) => name))
  return ofOne.find(([segment]) => names.has(segment))?.[1]
}

/** The segments that one family has, in the order in which they tell what a message is about. */
const ofOne: readonly (readonly [segment: string, code: string])[] = [
  ["TXA", "MDM"],
  ["SCH", "SIU"],
  ["RF1", "REF"],
  ["PRB", "PPR"],
  ["GOL", "PGL"],
  ["RXE", "RDE"],
  ["RXD", "RDS"],
  ["RXO", "OMP"],
  ["RXA", "VXU"],
]

const codes: ReadonlySet<string> = new Set([...ofOne.map(([, code]) => code), "RAS"])
