import type { Quantity } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import type { Reading } from "../reading.ts"
import { type LocalCode, mappedCoding } from "./mapped-coding.ts"

/** The part of a Quantity that a unit makes. */
export type Unit = Pick<Quantity, "unit" | "system" | "code">

/** A value of a unit. */
export function quantityOf(value: number, { unit, system, code }: Unit): Quantity {
  return { value, unit, system, code }
}

/** An NM (2.5.1, 2A.45) as a number; undefined where it is not one: ">90", "negative", "1,5". */
export function decimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return undefined
  // A number of JSON holds fifteen digits; a longer one would be changed, and is a label anyhow.
  if (text.length > 15 && text.replaceAll(/^[+-]?[0.]+|\D/g, "").length > 15) return undefined
  return Number(text)
}

/**
 * The unit a field names: what the site's code map says it is. Else it is UCUM where the sender
 * says so, or where a unit that names no system is, letter for letter, one of the UCUM codes below;
 * else it stays text: a wrong guess at a unit is a wrong result.
 */
export function unitOf(
  cwe: Repetition | undefined,
  reading: Reading,
  field: CodedField = "OBX-6",
): Unit {
  if (cwe === undefined) return {}
  const said = saidUnit(cwe)
  if (reading.codeMaps === undefined) return said
  const mapped = mappedCoding(codesIn(cwe, said), field, said.system !== undefined, reading)
  return mapped ? { unit: said.unit, system: mapped.system, code: mapped.code } : said
}

/** The codes a code map is asked for; "x10^3/uL" is one, though it falls apart into two. */
function codesIn(cwe: Repetition, { unit, system }: Unit): LocalCode[] {
  const first = cwe.text(1)
  const code = first !== undefined && system === undefined && unit?.startsWith(`${first}^`)
  const codes = [
    { system: cwe.text(3), code: code ? unit : first, display: cwe.text(2) },
    { system: cwe.text(6), code: cwe.text(4), display: cwe.text(5) },
  ]
  return codes.flatMap(({ code, ...more }) => (code === undefined ? [] : [{ code, ...more }]))
}

function saidUnit(cwe: Repetition): Unit {
  const code = cwe.text(1)
  if (cwe.components() === 1 && code !== undefined) return unitNamed({ code })
  // An unescaped "x10^3/uL" or "kg/m^2" falls apart into two components: text, not "3/uL" or "2".
  const second = cwe.text(2)
  if (code !== undefined && second !== undefined && isPower(code, second)) {
    return { unit: `${code}^${second}` }
  }
  const ucum = isUcum(cwe.text(3)) ? code : isUcum(cwe.text(6)) ? cwe.text(4) : undefined
  const unit = cwe.text(2) ?? code ?? cwe.text(9) ?? cwe.text(5)
  if (ucum !== undefined) return { unit: unit ?? ucum, system: ucumSystem, code: ucum }
  if (code !== undefined && cwe.text(3) === undefined && ucumCodes.has(code)) {
    return { unit, system: ucumSystem, code }
  }
  return unit === undefined ? {} : { unit }
}

/** The unit of a type that has one among its parts, as CQ: without the site's code map. */
export function unitNamed({
  code,
  text,
  system,
}: Partial<Record<"code" | "text" | "system", string>>): Unit {
  const unit = text ?? code
  if (code === undefined) return unit === undefined ? {} : { unit }
  const ucum = isUcum(system) || (system === undefined && ucumCodes.has(code))
  return ucum ? { unit, system: ucumSystem, code } : { unit }
}

/** Not so "10*3/uL^10*3/uL" and "mg/24 h^24 h": a code, and its text. */
function isPower(base: string, power: string): boolean {
  const based = /(^|[^\d*])10$|[A-Za-z]$/.test(base)
  return based && /^[+-]?\d{1,2}($|[^\d*^ ]| [A-Za-z]+\/)/.test(power)
}

function isUcum(system: string | undefined): boolean {
  return system?.toUpperCase() === "UCUM" || system === "2.16.840.1.113883.6.8"
}

const ucumSystem = "http://unitsofmeasure.org"

/** Those in everyday use that mean nothing else: "U/L" is UCUM and "IU/L" is not. */
const ucumCodes = new Set(
  [
    "% g/dL g/L mg/dL mg/L ug/dL ug/L ug/mL ng/dL ng/L ng/mL pg/mL mg/g g mg ug pg kg",
    "mol/L mmol/L umol/L nmol/L pmol/L meq/L mmol/mol mosm/kg",
    "10*3/uL 10*6/uL 10*9/L 10*12/L /uL /mL /L /[HPF] /[LPF] {copies}/mL fL",
    "U/L U/mL k[IU]/L [IU]/L [IU]/mL m[IU]/L m[IU]/mL u[IU]/mL",
    "mm/h s min h d wk mo a /min mL/min mL/min/{1.73_m2}",
    "mm[Hg] kPa Cel cm mm m kg/m2 mL L dL",
  ].flatMap((line) => line.split(" ")),
)
