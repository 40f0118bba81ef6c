import type { HumanName } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { nameUse } from "../vocabulary/name-use.ts"
import { targetOf } from "../vocabulary/target.ts"
import { period } from "./dtm.ts"

/** An extended person name (2.5.1, 2A.88); undefined when it names nobody. */
export function personName(
  xpn: Repetition,
  where: string,
  reading: Reading,
): HumanName | undefined {
  return humanName({
    use: targetOf(nameUse, xpn.text(7))?.code,
    family: xpn.text(1),
    given: [xpn.text(2), xpn.text(3)],
    prefix: [xpn.text(5)],
    suffix: [xpn.text(4), xpn.text(6), xpn.text(14)],
    period: period(
      xpn.text(12) ?? xpn.text(10, 1),
      xpn.text(13) ?? xpn.text(10, 2),
      where,
      reading,
    ),
  })
}

/** The parts of a name as v2 gives them, some of them missing. */
export interface NameParts {
  use?: HumanName["use"] | undefined
  family: string | undefined
  given: (string | undefined)[]
  prefix: (string | undefined)[]
  suffix: (string | undefined)[]
  period?: HumanName["period"] | undefined
}

/** A HumanName out of its parts; a use or a period alone is no name. */
export function humanName(parts: NameParts): HumanName | undefined {
  const given = parts.given.filter(isGiven)
  const prefix = parts.prefix.filter(isGiven)
  const suffix = parts.suffix.filter(isGiven)
  if (parts.family === undefined && given.length + prefix.length + suffix.length === 0) {
    return undefined
  }
  return { use: parts.use, family: parts.family, given, prefix, suffix, period: parts.period }
}

/** A name as people read it: `Dr Emory E Doctor`. */
export function nameText(name: HumanName): string {
  const parts = [...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? [])]
  return parts.filter(isGiven).join(" ")
}

function isGiven(part: string | undefined): part is string {
  return part !== undefined
}
