import type { CodeableConcept, Timing, TimingRepeat } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { eventRelatedPeriod } from "../vocabulary/decided-pharmacy.ts"
import { targetOf } from "../vocabulary/target.ts"
import { codingSystem } from "./coding.ts"
import { codeText } from "./cwe.ts"
import { decimal } from "./quantity.ts"

/** How often something is to be given. */
export interface Pattern {
  code: CodeableConcept | undefined
  repeat: TimingRepeat
  /** PRN: only when it is needed. */
  asNeeded: boolean
}

/** Nothing is said of how often. */
export const noPattern: Pattern = { code: undefined, repeat: {}, asNeeded: false }

/** A repeat pattern (RPT, 2.5.1, 2A.64), of which the parts stand beside the code or instead. */
export function repeatPattern(rpt: Repetition, reading: Reading): Pattern {
  const { code, repeat, asNeeded } = patternCode(partsOf(rpt), reading)
  const period = decimal(rpt.text(5))
  const periodUnit = timeUnit(rpt.text(6))
  if (period !== undefined && period > 0 && periodUnit !== undefined) {
    Object.assign(repeat, { frequency: repeat.frequency ?? 1, period, periodUnit })
  } else if (rpt.text(5) !== undefined) reading.note("RPT-5: it is no span of time; it is left out")
  if (rpt.text(2) === "DW") repeat.dayOfWeek = daysBetween(rpt.text(3), rpt.text(4))
  const event = rpt.text(8)
  const when = eventOf(event)
  if (when !== undefined) repeat.when = [when]
  else if (event !== undefined) reading.note("RPT-8: FHIR has no code for it; it is left out")
  const offset = minutes(rpt.text(9), rpt.text(10))
  // tim-9: there is an offset from an event only, and from a meal only on one side of it.
  if (offset !== undefined && repeat.when !== undefined) repeat.offset = offset
  return { code, repeat, asNeeded }
}

/** An interval (RI, 2A.66) of the older TQ: its pattern, and the times of day. */
export function interval(tq: Repetition, reading: Reading): Pattern {
  const code = tq.text(2, 1)
  const pattern = patternCode({ code, text: undefined, system: undefined }, reading)
  addTimesOfDay(pattern.repeat, (tq.text(2, 2) ?? "").split(","), "TQ-2", reading)
  return pattern
}

/** Adds times of day (TM) to what repeats; tim-10: not beside an event of the day. */
export function addTimesOfDay(
  repeat: TimingRepeat,
  times: readonly string[],
  where: string,
  reading: Reading,
): void {
  const given = times.filter((time) => time.trim() !== "")
  const read = given.flatMap((time) => {
    const [whole, hour, minute, second = "00"] = clock.exec(time.trim()) ?? []
    return whole === undefined ? [] : `${hour}:${minute}:${second}`
  })
  if (read.length < given.length) reading.note(`${where}: it is no time of day; it is left out`)
  if (read.length === 0) return
  if (repeat.when === undefined) repeat.timeOfDay = read
  else reading.note(`${where}: FHIR has no time of day beside an event; it is left out`)
}

const clock = /^([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d))?$/

/** A Timing out of what repeats; undefined where nothing is said. */
export function timingOf({ code, repeat }: Pattern): Timing | undefined {
  const repeats = Object.keys(repeat).length > 0
  return code || repeats ? { repeat: repeats ? repeat : undefined, code } : undefined
}

/** How often in all; undefined where it is no number of times. */
export function countOf(text: string | undefined): number | undefined {
  return /^0*[1-9]\d{0,5}$/.test(text ?? "") ? Number(text) : undefined
}

/** A unit of time as UCUM has it: in words, in UCUM's letters or in those of v2. */
export function timeUnit(text: string | undefined): TimingRepeat["periodUnit"] {
  const name = text?.trim().toLowerCase()
  return unitNames.find(([, form]) => name !== undefined && form.test(name))?.[0]
}

const unitNames = [
  ["s", /^(s|secs?|seconds?)$/],
  ["min", /^(mins?|minutes?)$/],
  ["h", /^(h|hrs?|hours?)$/],
  ["d", /^(d|days?)$/],
  ["wk", /^(w|wks?|weeks?)$/],
  ["mo", /^(mo|months?)$/],
  ["a", /^(a|y|yrs?|years?)$/],
] as const

/** The letters of the older TQ and of table 0335, in which M is a minute and L a month. */
export const letterUnits = { S: "s", M: "min", H: "h", D: "d", W: "wk", L: "mo" } as const

/** How far from an event, as FHIR counts an offset. */
function minutes(quantity: string | undefined, unit: string | undefined): number | undefined {
  const value = decimal(quantity)
  const name = timeUnit(unit)
  return value === undefined || name === undefined ? undefined : wholeMinutes(value, name)
}

/** A span of time in whole minutes; undefined where it is too long, or of no one length. */
export function wholeMinutes(value: number, unit: keyof typeof minutesEach): number | undefined {
  const each = minutesEach[unit]
  return each !== undefined && value >= 0 && value < 1e5 ? Math.round(value * each) : undefined
}

const minutesEach = { s: 1 / 60, min: 1, h: 60, d: 1440, wk: 10_080, mo: undefined, a: undefined }

/** Monday is 1. */
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const

function daysBetween(first: string | undefined, last = first): TimingRepeat["dayOfWeek"] {
  const [from, to] = [Number(first), Number(last)]
  const between = days.filter((_, at) => at + 1 >= from && at + 1 <= to)
  return between.length > 0 ? between : undefined
}

function eventOf(code: string | undefined) {
  return targetOf(eventRelatedPeriod, code)?.code
}

/** The code of a repeat pattern, and how the sender writes it. */
interface PatternCode {
  code: string | undefined
  text: string | undefined
  system: string | undefined
}

function partsOf(rpt: Repetition): PatternCode {
  return { code: rpt.text(1), text: rpt.text(1, 2), system: rpt.text(1, 3) }
}

function patternCode(given: PatternCode, reading: Reading): Pattern {
  const { code, text, system } = given
  if (code === undefined) return text ? { ...noPattern, repeat: {}, code: { text } } : fresh()
  const [, before, rest, after] = /^(PRN\s*)?(.*?)(\s*PRN)?$/i.exec(codeText(code) ?? "") ?? []
  const asNeeded = before !== undefined || after !== undefined
  if (!rest) return { ...fresh(), asNeeded }
  const upper = rest.toUpperCase()
  const read = patterns.find(([form]) => form.test(upper))
  const repeat = read?.[1](upper)
  const abbreviation = abbreviations[upper]
  const standard = abbreviation
    ? { system: gts, code: abbreviation }
    : { system: v20335, code: rest }
  if (repeat === undefined && !abbreviation) {
    reading.note("repeat pattern: its code is not of table 0335; it is kept as it is")
    const own = codingSystem(system, undefined, "repeat-pattern", reading)
    return { code: { coding: [{ system: own, code: rest }], text }, repeat: {}, asNeeded }
  }
  return { code: { coding: [standard], text }, repeat: repeat ?? {}, asNeeded }
}

function fresh(): Pattern {
  return { ...noPattern, repeat: {} }
}

const gts = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
const v20335 = "http://terminology.hl7.org/CodeSystem/v2-0335"

/** The patterns of table 0335 that have a code in FHIR's list of abbreviations, by the guide. */
const abbreviations: Record<string, string | undefined> = {
  ...Object.fromEntries("BID TID QID QOD QD Q1H Q2H Q3H Q4H Q6H Q8H".split(" ").map((c) => [c, c])),
  Q1D: "QD",
  Q1W: "WK",
  Q1L: "MO",
  QAM: "AM",
  QPM: "PM",
  QHS: "BED",
}

const daily = { period: 1, periodUnit: "d" } as const

/** What the codes of table 0335 say, said in full: not every reader knows the abbreviations. */
const patterns: [RegExp, (code: string) => TimingRepeat][] = [
  [/^[BTQ]ID$/, (code) => ({ frequency: "BTQ".indexOf(code.charAt(0)) + 2, ...daily })],
  [/^\d{1,3}ID$/, (code) => ({ frequency: Number.parseInt(code, 10), ...daily })],
  [/^(QAM|QPM)$/, () => ({ frequency: 1, ...daily })],
  [/^QHS$/, () => ({ frequency: 1, ...daily, when: ["HS"] })],
  [/^QOD$/, () => ({ frequency: 1, period: 2, periodUnit: "d" })],
  [/^QSHIFT$/, () => ({ frequency: 3, ...daily })],
  [/^Q\d{0,6}[SMHDWL]$/, every],
  [/^Q\d{0,6}J[1-7]+$/, onDays],
  [/^ONCE$/, () => ({ count: 1 })],
  [/^C$/, () => ({})],
  [/^(HS|[AP]C[MDV]?)$/, (code) => ({ when: eventsOf(code) })],
]

function eventsOf(code: string): TimingRepeat["when"] {
  const event = eventOf(code)
  return event && [event]
}

/** `Q6H`: every six hours. */
function every(code: string): TimingRepeat {
  const unit = code.slice(-1) as keyof typeof letterUnits
  return { frequency: 1, period: Number(code.slice(1, -1) || 1), periodUnit: letterUnits[unit] }
}

/** `Q2J135`: every second week, on Monday, Wednesday and Friday. */
function onDays(code: string): TimingRepeat {
  const [weeks = "", numbers = ""] = code.slice(1).split("J")
  const dayOfWeek = days.filter((_, at) => numbers.includes(`${at + 1}`))
  return { frequency: 1, period: Number(weeks || 1), periodUnit: "wk", dayOfWeek }
}
