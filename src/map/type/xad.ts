import type { Address, Element, Extension } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { addressType } from "../vocabulary/address-type.ts"
import { addressUse } from "../vocabulary/address-use.ts"
import { targetOf } from "../vocabulary/target.ts"
import { alternateCode } from "./alternate.ts"
import { period } from "./dtm.ts"
import { stringExtension } from "./extension.ts"

/** An extended address (2.5.1, 2A.84); undefined when it names no place. */
export function address(xad: Repetition, where: string, reading: Reading): Address | undefined {
  const line = [street(xad), xad.text(2), xad.text(8), xad.text(19)].filter(
    (part) => part !== undefined,
  )
  const [city, district, state] = [xad.text(3), named(xad, 9), xad.text(4)]
  const [postalCode, country] = [xad.text(5), xad.text(6)]
  const places = [...line, city, district, state, postalCode, country]
  if (places.every((part) => part === undefined)) return undefined
  return {
    ...kind(xad.text(7)),
    line,
    _line: censusTract(xad),
    city,
    district,
    state,
    postalCode,
    country,
    period: period(
      xad.text(13) ?? xad.text(12, 1),
      xad.text(14) ?? xad.text(12, 2),
      where,
      reading,
    ),
  }
}

/** An address of an organization: it has none of use "home" (org-2), whatever the sender says. */
export function officeAddress(
  xad: Repetition,
  where: string,
  reading: Reading,
): Address | undefined {
  const made = address(xad, where, reading)
  if (made?.use !== "home") return made
  return { ...made, use: undefined, _use: alternateCode("H", "0190") }
}

/** XAD-7 (table 0190) as use and type, and the code beside the use where they say less. */
function kind(code: string | undefined): Partial<Address> {
  if (code === undefined) return {}
  const vacation = code === "V" || code === "HV"
  return {
    extension: vacation ? [vacationHome] : undefined,
    use: targetOf(addressUse, code)?.code,
    _use: vacation || saidByBoth.has(code) ? undefined : alternateCode(code, "0190"),
    type: targetOf(addressType, code)?.code,
  }
}

/** The codes that use and type say as well. */
const saidByBoth: ReadonlySet<string> = new Set(["B", "BI", "C", "H", "M", "O"])

/** R4's extension has a code for it, and address-use has none. */
const vacationHome: Extension = {
  url: "http://hl7.org/fhir/StructureDefinition/iso21090-AD-use",
  valueCode: "HV",
}

/** SAD: the whole line in its first part, or the number and the street in the two others. */
function street(xad: Repetition): string | undefined {
  if (!xad.divided(1)) return xad.text(1)
  const [whole, name, dwelling] = [1, 2, 3].map((part) => xad.text(1, part))
  return [whole, dwelling, name].filter((part) => part !== undefined).join(" ") || undefined
}

/** XAD-10, which R4 puts to a line: the first, so that nothing is shifted. */
function censusTract(xad: Repetition): Element[] | undefined {
  const extension = stringExtension("iso21090-ADXP-censusTract", named(xad, 10))
  return extension.length === 0 ? undefined : [{ extension }]
}

/** A code that stands for a name: its original text, else its text, else the code. */
function named(xad: Repetition, component: number): string | undefined {
  if (!xad.divided(component)) return xad.text(component)
  const [code, text, original] = [1, 2, 9].map((part) => xad.text(component, part))
  return original ?? text ?? code
}
