import type { Extension, HumanName } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { nameUse } from "../vocabulary/decided.ts"
import { nameAssemblyOrder } from "../vocabulary/name-assembly-order.ts"
import { targetOf } from "../vocabulary/target.ts"
import { alternateCode } from "./alternate.ts"
import { period } from "./dtm.ts"
import { stringExtension } from "./extension.ts"

/** An extended person name (2.5.1, 2A.88); undefined when it names nobody. */
export function personName(
  xpn: Repetition,
  where: string,
  reading: Reading,
): HumanName | undefined {
  return humanName({
    extension: assemblyOrder(xpn.text(11)),
    ...nameType(xpn.text(7), where, reading),
    ...surname(xpn, 1),
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

/** The name, and what the person is called by (XPN-15) as another one. */
export function personNames(xpn: Repetition, where: string, reading: Reading): HumanName[] {
  const calledBy = xpn.text(15)
  const nickname: HumanName[] = calledBy ? [{ use: "nickname", given: [calledBy] }] : []
  const name = personName(xpn, where, reading)
  return name === undefined ? nickname : [name, ...nickname]
}

/** The parts of a name as v2 gives them, some of them missing. */
export interface NameParts
  extends Pick<HumanName, "extension" | "use" | "_use" | "_family" | "period"> {
  family: string | undefined
  given: (string | undefined)[]
  prefix: (string | undefined)[]
  suffix: (string | undefined)[]
}

/** A HumanName out of its parts; a use or a period alone is no name. */
export function humanName(parts: NameParts): HumanName | undefined {
  const given = parts.given.filter(isGiven)
  const prefix = parts.prefix.filter(isGiven)
  const suffix = parts.suffix.filter(isGiven)
  const { extension, use, _use, family, _family, period } = parts
  if (family === undefined && given.length + prefix.length + suffix.length === 0) return undefined
  return { extension, use, _use, family, _family, given, prefix, suffix, period }
}

/** A name as people read it: `Dr Emory E Doctor`. */
export function nameText(name: HumanName): string {
  const parts = [...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? [])]
  return parts.filter(isGiven).join(" ")
}

/** XPN-11 (table 0444) as HL7's extension, which knows the table's two codes only. */
export function assemblyOrder(code: string | undefined): Extension[] {
  const valueCode = targetOf(nameAssemblyOrder, code)?.code
  return valueCode === undefined ? [] : [{ url: assemblyOrderUrl, valueCode }]
}

const assemblyOrderUrl = "http://hl7.org/fhir/StructureDefinition/humanname-assembly-order"

/** A name's type (table 0200) as its use, and the code beside it where that says less. */
export function nameType(
  code: string | undefined,
  where: string,
  reading: Reading,
): Pick<HumanName, "use" | "_use"> {
  if (code === undefined) return {}
  const target = targetOf(nameUse, code)
  if (target === undefined) reading.note(`${where}: a name type that is not in table 0200`)
  return { use: target?.code, _use: saidByUse.has(code) ? undefined : alternateCode(code, "0200") }
}

/** The types that FHIR's use says as well, and U, which says nothing. */
const saidByUse: ReadonlySet<string> = new Set(["D", "L", "M", "MSK", "N", "TEMP", "U"])

/** A family name (FN, 2.5.1, 2A.30), with what part of it is the person's own and the partner's. */
export function surname(
  name: Repetition,
  component: number,
): Pick<HumanName, "family" | "_family"> & { family: string | undefined } {
  if (!name.divided(component)) return { family: name.text(component) }
  const [whole, ...parts] = [1, 2, 3, 4, 5].map((part) => name.text(component, part))
  const extension = surnameParts.flatMap((part, at) => {
    return stringExtension(`humanname-${part}`, parts[at])
  })
  if (extension.length === 0) return { family: whole }
  return { family: whole ?? parts.filter(isGiven).join(" "), _family: { extension } }
}

/** FN-2 to FN-5. */
const surnameParts = ["own-prefix", "own-name", "partner-prefix", "partner-name"]

function isGiven(part: string | undefined): part is string {
  return part !== undefined
}
