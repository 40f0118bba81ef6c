import type { Observation } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { concept } from "./cwe.ts"
import { period, readDateTime } from "./dtm.ts"
import { numericArray } from "./na.ts"
import { decimal, quantityOf, type Unit, unitOf } from "./quantity.ts"
import { structuredNumeric } from "./sn.ts"

/** What an Observation or one of its components may have for a value. */
export type Value = Pick<
  Observation,
  | "valueCodeableConcept"
  | "valueDateTime"
  | "valuePeriod"
  | "valueQuantity"
  | "valueRange"
  | "valueRatio"
  | "valueSampledData"
  | "valueString"
  | "valueTime"
>

/**
 * The values of OBX-5, each as OBX-2 (table 0125) says it is to be read: one for a text, however
 * many lines and OBX it takes, else one for each repetition. A value that is not what OBX-2 calls
 * it is kept as the text it is, with a note. Types that name a file have none here.
 */
export function valuesOf(segments: readonly [Segment, ...Segment[]], reading: Reading): Value[] {
  const [obx] = segments
  const type = obx.text(2) ?? ""
  const repetitions = obx.repetitions(5)
  if (attachmentTypes.has(type)) return []
  const unit = unitOf(obx.repetitions(6)[0], reading)
  if (textTypes.has(type)) {
    // An empty OBX-5 is an empty line there.
    const text = segments.map((line) => textOf(line.repetitions(5))).join("\n")
    return text.trim() === "" ? [] : [{ valueString: withUnit(text.trimEnd(), unit) }]
  }
  return repetitions.map((repetition) => {
    const value = read(type, repetition, unit, obx, reading)
    if (value !== undefined) return value
    // Where fields are shifted, anything may stand in OBX-2: also a name.
    const sent = type === "" ? "no type" : /^[A-Z]{2,3}$/.test(type) ? type : "no type of HL7's"
    reading.note(`OBX-5: what is sent as ${sent} is kept as text`)
    return { valueString: withUnit(textOf([repetition]), unit) }
  })
}

/** OBX-2 of the values that are files, or point to one. */
export const attachmentTypes: ReadonlySet<string> = new Set(["ED", "RP"])

/** OBX-2 of the values that are lines of a text. */
const textTypes: ReadonlySet<string> = new Set(["TX", "FT", "ST"])

/** The lines as one text; `^` and `&` in them are text too (nHapi #570). */
export function textOf(lines: readonly Repetition[]): string {
  return lines
    .map((line) => line.whole())
    .join("\n")
    .trimEnd()
}

/** R4 has no place for the unit of a text: without it ">90" mL/min would be just ">90". */
function withUnit(text: string, { unit }: Unit): string {
  return unit !== undefined && isMeasured(text) ? `${text} ${unit}` : text
}

/** Figures however they are written: `5-10`, `1.2E+04`, `1.2 x 10^3`, `< 1:20`, `120/80`, `3+`. */
function isMeasured(text: string): boolean {
  return text.length <= 40 && /\d/.test(text) && /^[\d.,<>=≤≥~+*^:/x×eE –-]+$/.test(text)
}

function read(
  type: string,
  value: Repetition,
  unit: Unit,
  obx: Segment,
  reading: Reading,
): Value | undefined {
  switch (type) {
    case "NM":
      return quantity(value.text(1), unit)
    case "CQ":
      return quantity(value.text(1), value.text(2) === undefined ? unit : { unit: value.text(2) })
    case "SN":
      return structuredNumeric(value, unit)
    case "CE":
    case "CF":
    case "CNE":
    case "CWE":
    case "ID":
    case "IS":
      return some("valueCodeableConcept", concept(value, "OBX-5", reading, answersTo(obx)))
    case "DT":
    case "DTM":
    case "TS":
      return some("valueDateTime", dateTime(value.text(1), reading))
    case "DR":
      return some("valuePeriod", period(value.text(1), value.text(2), "OBX-5", reading))
    case "NR":
      return range(decimal(value.text(1)), decimal(value.text(2)), unit)
    case "NA":
      return some("valueSampledData", numericArray(value, unit))
    case "VR":
      return some("valueString", valuesBetween(value))
    case "TM":
      return some("valueTime", timeOfDay(value.text(1)))
    default:
      return undefined
  }
}

function quantity(text: string | undefined, unit: Unit): Value | undefined {
  const value = decimal(text)
  return value === undefined ? undefined : { valueQuantity: quantityOf(value, unit) }
}

function range(low: number | undefined, high: number | undefined, unit: Unit): Value | undefined {
  if (low === undefined && high === undefined) return undefined
  if (low !== undefined && high !== undefined && low > high) return undefined
  const end = (value: number | undefined) =>
    value === undefined ? undefined : quantityOf(value, unit)
  return { valueRange: { low: end(low), high: end(high) } }
}

/** A value range (VR, 2.5.1, 2A.82): the first of its values and the last. */
function valuesBetween(vr: Repetition): string | undefined {
  if (vr.components() > 2) return undefined
  const ends = [vr.component(1), vr.component(2)].filter((end) => end !== undefined)
  return ends.join("-") || undefined
}

/** Not the noting one: an impossible time is kept as text here. */
function dateTime(text: string | undefined, reading: Reading): string | undefined {
  const time = readDateTime(text ?? "", reading)
  return "value" in time ? time.value : undefined
}

/** A TM (2.5.1, 2A.75) to the minute or finer; FHIR's time has no offset, so none is dropped. */
function timeOfDay(text: string | undefined): string | undefined {
  const form = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(\.\d{1,4})?$/
  const [whole, hour, minute, second = "00", fraction = ""] = form.exec(text ?? "") ?? []
  return whole === undefined ? undefined : `${hour}:${minute}:${second}${fraction}`
}

function some<Key extends keyof Value>(key: Key, value: Value[Key]): Value | undefined {
  return value === undefined ? undefined : { [key]: value }
}

/** Answers without a coding system are coded for their question only: "1" is not always "yes". */
function answersTo(obx: Segment): string {
  return `OBX-5-${obx.text(3) ?? ""}`
}
