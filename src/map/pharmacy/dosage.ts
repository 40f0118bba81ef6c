import type { CodeableConcept, Dosage, DosageDoseAndRate, Quantity } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { duration, type Span } from "../type/bounds.ts"
import { compositeQuantity } from "../type/cq.ts"
import { concept, numberOf } from "../type/cwe.ts"
import { type Measured, measured } from "../type/measured.ts"
import { decimal, quantityOf, unitOf } from "../type/quantity.ts"
import { letterUnits, noPattern, timingOf } from "../type/timing.ts"
import type { Times } from "../type/tq.ts"
import { routed } from "./routed.ts"

/** The fields by which a segment tells how much of a drug is given, and how fast. */
export interface DoseFields {
  /** The one dose, or the least of a range. */
  minimum: Measured | undefined
  maximum: number | undefined
  /** In how long a dose is given, as `H4`. */
  per: number | undefined
  rate: Measured | undefined
  /** The total of a day, a CQ. */
  daily: number | undefined
  /** What whoever gives or takes it is told. */
  instructions: CodedField | undefined
}

/** A rate is a quantity, a range or a ratio; what is none of them is a text. */
export type Dose = Omit<DosageDoseAndRate, "type"> & { text?: string }

/**
 * How a drug is to be given: one Dosage for each of its times, and one where there are none. All of
 * one sequence number hold together.
 */
export function dosages(
  segment: Segment,
  fields: DoseFields,
  given: { times: readonly Times[]; routes: readonly Segment[] },
  reading: Reading,
): Dosage[] {
  const { text: rate, ...dose } = doseOf(segment, fields, reading)
  const { additionalInstruction = [], ...route } = routed(given.routes, reading)
  const told = instructionsOf(segment, fields, reading)
  const total = fields.daily && segment.repetitions(fields.daily)[0]
  const daily = total ? compositeQuantity(total, undefined, reading) : undefined
  const all = given.times.length > 0 ? given.times : [nothing]
  let sequence = 1
  return all.map((times) => {
    if (times.follows) sequence++
    const { pattern, condition } = times
    const needed = pattern.asNeeded && condition ? { text: condition } : undefined
    return {
      sequence: all.length > 1 ? sequence : undefined,
      text: [...told.texts, rate, times.text].filter((text) => text !== undefined).join("; "),
      additionalInstruction: [
        ...told.coded,
        ...additionalInstruction,
        ...(condition && !needed ? [{ text: condition }] : []),
      ],
      timing: timingOf(pattern),
      asNeededCodeableConcept: needed,
      asNeededBoolean: pattern.asNeeded && !needed ? true : undefined,
      ...route,
      doseAndRate: [withDose(dose, times, segment, fields, reading)],
      maxDosePerPeriod: daily && {
        numerator: daily,
        denominator: duration({ value: 1, unit: "d" }),
      },
    }
  })
}

const nothing: Times = {
  dose: undefined,
  pattern: noPattern,
  condition: undefined,
  text: undefined,
  priority: undefined,
  follows: false,
}

/** TQ1-2 is the dose where the drug's own segment says none. */
function withDose(
  dose: DosageDoseAndRate,
  times: Times,
  { name }: Segment,
  { minimum }: DoseFields,
  reading: Reading,
): DosageDoseAndRate {
  const said = dose.doseQuantity ?? dose.doseRange?.low
  const other = times.dose?.value
  const most = dose.doseRange?.high?.value
  if (said === undefined && most === undefined) return { ...dose, doseQuantity: times.dose }
  // R4 has the most that may be given in a range only, and no dose beside that.
  const { unit } = dose.doseRange?.high ?? {}
  const fits = other !== undefined && other <= Number(most) && (times.dose?.unit ?? unit) === unit
  if (said === undefined && fits) {
    const low = { ...dose.doseRange?.high, value: other }
    return { ...dose, doseRange: { ...dose.doseRange, low } }
  }
  if (other !== undefined && other !== 1 && other !== said?.value) {
    reading.note(`TQ1-2: it is not the dose of ${name}-${minimum?.value}, which counts`)
  }
  return dose
}

/** How much is given, and how fast. */
export function doseOf(
  segment: Segment,
  { minimum, maximum, per, rate }: DoseFields,
  reading: Reading,
): Dose {
  if (minimum === undefined) return {}
  const low = measured(segment, minimum, reading)
  const most = maximum === undefined ? undefined : { ...minimum, value: maximum }
  const high = most && measured(segment, most, reading)
  const ordered = low === undefined || high === undefined || Number(low.value) <= Number(high.value)
  if (!ordered) {
    reading.note(`${segment.name}-${maximum}: it is less than the least dose, and left out`)
  }
  const isRange = high !== undefined && ordered && high.value !== low?.value
  const amount: Dose = isRange ? { doseRange: { low, high } } : { doseQuantity: low }
  const fast = rate && rateOf(segment, rate, reading)
  if (fast !== undefined) {
    if (per !== undefined && segment.text(per) !== undefined) {
      reading.note(`${segment.name}-${per}: the rate is given otherwise; it is left out`)
    }
    return { ...amount, ...fast }
  }
  return { ...amount, ...rateByTime(segment, per, isRange ? undefined : low, reading) }
}

/** A rate as an amount with its unit: `75`, `50-100`, or in words. */
function rateOf(segment: Segment, { value, unit }: Measured, reading: Reading): Dose | undefined {
  const text = segment.text(value)
  if (text === undefined) return undefined
  const [named] = segment.repetitions(numberOf(unit))
  const of = unitOf(named, reading, unit)
  const number = decimal(text)
  if (number !== undefined) return { rateQuantity: quantityOf(number, of) }
  const [low, high] = text.split("-").map((end) => decimal(end.trim()))
  if (low !== undefined && high !== undefined && low <= high) {
    return { rateRange: { low: quantityOf(low, of), high: quantityOf(high, of) } }
  }
  return { text: [text, of.unit].filter(Boolean).join(" ") }
}

/** `H4`: the dose is given in four hours. */
function rateByTime(
  segment: Segment,
  field: number | undefined,
  dose: Quantity | undefined,
  reading: Reading,
): Dose {
  const text = field === undefined ? undefined : segment.text(field)
  if (text === undefined) return {}
  const [, letter, number] = /^([SMHDWL])(\d{0,6})$/.exec(text.toUpperCase()) ?? []
  const value = Number(number || 1)
  if (letter === undefined || dose === undefined || value === 0) {
    reading.note(`${segment.name}-${field}: it makes no rate; it is kept in the dosage's text`)
    return { text }
  }
  const span: Span = { value, unit: letterUnits[letter as keyof typeof letterUnits] }
  return { rateRatio: { numerator: dose, denominator: duration(span) } }
}

/** Coded instructions have a place of their own; one in words is the dosage's text. */
function instructionsOf(segment: Segment, { instructions }: DoseFields, reading: Reading) {
  const texts: string[] = []
  const coded: CodeableConcept[] = []
  if (instructions === undefined) return { texts, coded }
  for (const one of each(segment, numberOf(instructions), (cwe) =>
    concept(cwe, instructions, reading),
  )) {
    if (one.coding?.length) coded.push(one)
    else if (one.text !== undefined) texts.push(one.text)
  }
  return { texts, coded }
}
