import type {
  CodeableConcept,
  Immunization,
  ImmunizationEducation,
  ImmunizationProtocolApplied,
} from "fhir/r4"
import type { Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { type Value, valuesOf } from "../type/value.ts"

/** What an OBX under a vaccine is about, by its LOINC code (OBX-3). */
export const topic = {
  doseNumber: "30973-2",
  dosesInSeries: "59782-3",
  dueDate: "30980-7",
  earliestDate: "30981-5",
  eligibility: "64994-7",
  fundingSource: "30963-3",
  informationPresented: "29769-7",
  informationPublished: "29768-9",
  informationType: "69764-9",
  latestDate: "59777-3",
  overdueDate: "59778-1",
  reaction: "31044-1",
  reason: "30982-3",
  schedule: "59779-9",
  seriesName: "59780-7",
  seriesStatus: "59783-1",
  vaccineType: "30956-7",
} as const

/** The OBX of one OBX-4, by their LOINC codes: what they say belongs together. */
export type Together = Map<string, { observed: Observed; value: Value }>

/** The OBX under a vaccine as sets that belong together, and those that say nothing alone. */
export interface Sorted {
  sets: Together[]
  others: Observed[]
}

/**
 * Sorts the OBX under a vaccine: OBX-4 tells which belong together, and where a sender does not
 * count it on, a code that comes again begins the next set. One that was taken back or has no
 * single value stays an observation.
 */
export function sorted(all: readonly Observed[], reading: Reading): Sorted {
  const sets = new Map<string, Together[]>()
  const others: Observed[] = []
  for (const observed of all) {
    const [obx] = observed.lines
    const code = loincOf(observed)
    const stands = !["D", "W", "X"].includes(obx.text(11) ?? "")
    const [value, ...more] = code && stands ? valuesOf(observed.lines, reading) : []
    if (code === undefined || value === undefined || more.length > 0) {
      others.push(observed)
      continue
    }
    const ofSubId = sets.get(obx.raw(4).trim()) ?? []
    const last = ofSubId.at(-1)
    if (last === undefined || last.has(code)) ofSubId.push(new Map([[code, { observed, value }]]))
    else last.set(code, { observed, value })
    sets.set(obx.raw(4).trim(), ofSubId)
  }
  return { sets: [...sets.values()].flat(), others }
}

const topics: ReadonlySet<string> = new Set(Object.values(topic))

function loincOf({ lines: [obx] }: Observed): string | undefined {
  const code = obx.component(3)
  if (code !== undefined && topics.has(code)) return code
  const other = obx.component(3, 4)
  return other !== undefined && topics.has(other) ? other : undefined
}

/** What the sets say of the immunization itself; what they say is taken out of them. */
export function immunizationElements(sets: readonly Together[]): Partial<Immunization> {
  const elements: Partial<Immunization> = {}
  const eligibility: CodeableConcept[] = []
  const education: ImmunizationEducation[] = []
  const protocol: ImmunizationProtocolApplied[] = []
  for (const set of sets) {
    elements.fundingSource ??= taken(set, topic.fundingSource, conceptOf)
    const eligible = taken(set, topic.eligibility, conceptOf)
    if (eligible) eligibility.push(eligible)
    const dose = taken(set, topic.doseNumber, numberOf)
    if (dose !== undefined) protocol.push(protocolOf(dose, set))
    const informed = informationOf(set)
    if (informed !== undefined) education.push(informed)
  }
  return {
    ...elements,
    programEligibility: eligibility,
    education,
    protocolApplied: protocol,
  }
}

/** The dose and its series. R4 names the disease, and a vaccine type (30956-7) stands for one. */
function protocolOf(dose: string, set: Together): ImmunizationProtocolApplied {
  const disease = taken(set, topic.vaccineType, conceptOf)
  return {
    series: taken(set, topic.seriesName, textIn),
    authority: authorityOf(set),
    targetDisease: disease && [disease],
    ...doseNumber(dose),
    ...seriesDoses(taken(set, topic.dosesInSeries, numberOf)),
  }
}

/** R4 keeps a number and what is no number ("booster") apart. */
export function doseNumber(dose: string) {
  return isCount(dose) ? { doseNumberPositiveInt: Number(dose) } : { doseNumberString: dose }
}

export function seriesDoses(doses: string | undefined) {
  if (doses === undefined) return {}
  return isCount(doses) ? { seriesDosesPositiveInt: Number(doses) } : { seriesDosesString: doses }
}

function isCount(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text)
}

/** Whose schedule it is (59779-9), as "ACIP": an authority that is only named. */
export function authorityOf(set: Together) {
  const display = taken(set, topic.schedule, textIn)
  return display === undefined ? undefined : { display }
}

/**
 * The information a patient was given, by its own type (69764-9) or, as up to 2.3.1, by that of the
 * vaccine; R4 demands either.
 */
function informationOf(set: Together): ImmunizationEducation | undefined {
  const isOld = set.has(topic.informationPresented) || set.has(topic.informationPublished)
  const code = set.has(topic.informationType) || !isOld ? topic.informationType : topic.vaccineType
  const documentType = taken(set, code, nameOf)
  if (documentType === undefined) return undefined
  return {
    documentType,
    publicationDate: taken(set, topic.informationPublished, dateOf),
    presentationDate: taken(set, topic.informationPresented, dateOf),
  }
}

/** What a set says on a topic, and takes it out; what can't be read so is left in. */
export function taken<T>(
  set: Together,
  code: string,
  read: (value: Value) => T | undefined,
): T | undefined {
  const found = set.get(code)
  const made = found && read(found.value)
  if (made !== undefined) set.delete(code)
  return made
}

export function conceptOf({ valueCodeableConcept, valueString }: Value) {
  return valueCodeableConcept ?? (valueString === undefined ? undefined : { text: valueString })
}

export function dateOf({ valueDateTime }: Value): string | undefined {
  return valueDateTime
}

export function numberOf({ valueQuantity, valueString }: Value): string | undefined {
  return valueQuantity?.value === undefined ? valueString : `${valueQuantity.value}`
}

export function textIn({ valueCodeableConcept, valueString }: Value): string | undefined {
  const [first] = valueCodeableConcept?.coding ?? []
  return valueString ?? first?.display ?? valueCodeableConcept?.text ?? first?.code
}

/** "Identifier of the material" (R4): its code, and its name for people. */
function nameOf(value: Value): string | undefined {
  const [first] = value.valueCodeableConcept?.coding ?? []
  const { code, display } = first ?? {}
  return code && display ? `${display} (${code})` : textIn(value)
}
