import type {
  ImmunizationRecommendation,
  ImmunizationRecommendationRecommendation,
  Reference,
} from "fhir/r4"
import { own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import {
  authorityOf,
  conceptOf,
  dateOf,
  doseNumber,
  numberOf,
  seriesDoses,
  type Together,
  taken,
  textIn,
  topic,
} from "./told.ts"

/** One recommendation, and what R4 keeps for all of them. */
export interface Forecast {
  recommendation: ImmunizationRecommendationRecommendation
  authority: Reference | undefined
  date: string | undefined
}

/**
 * What a set forecasts of one vaccine; undefined where it forecasts nothing. The guide would make
 * an Observation of each OBX; but which due date goes with which vaccine only OBX-4 tells, which
 * in an Observation is an extension that few read. R4's ImmunizationRecommendation is made of
 * these very codes.
 *
 * @param ofNoVaccine it stands under an RXA that gave nothing, so that a dose number is of the next
 */
export function forecastOf(
  set: Together,
  ofNoVaccine: boolean,
  reading: Reading,
): Forecast | undefined {
  const forecasts = ofNoVaccine || marks.some((code) => set.has(code))
  const first = set.get(topic.vaccineType)
  const vaccine = forecasts ? taken(set, topic.vaccineType, conceptOf) : undefined
  if (vaccine === undefined) return undefined
  const [obx] = first?.observed.lines ?? []
  const reason = taken(set, topic.reason, conceptOf)
  const dose = taken(set, topic.doseNumber, numberOf)
  const recommendation: ImmunizationRecommendationRecommendation = {
    vaccineCode: [vaccine],
    // Of no sender's silence can it be said that a vaccine is due.
    forecastStatus: taken(set, topic.seriesStatus, conceptOf) ?? absentCode,
    forecastReason: reason && [reason],
    dateCriterion: criteria.flatMap((code) => criterion(set, code, reading)),
    series: taken(set, topic.seriesName, textIn),
    ...(dose === undefined ? {} : doseNumber(dose)),
    ...seriesDoses(taken(set, topic.dosesInSeries, numberOf)),
  }
  const date = dateTime(obx?.text(14), "OBX-14", reading)
  return { recommendation, authority: authorityOf(set), date }
}

/** What only a forecast has. */
const marks = [
  topic.dueDate,
  topic.earliestDate,
  topic.latestDate,
  topic.overdueDate,
  topic.seriesStatus,
]

const criteria = [topic.earliestDate, topic.dueDate, topic.latestDate, topic.overdueDate]

function criterion(set: Together, code: string, reading: Reading) {
  const [obx] = set.get(code)?.observed.lines ?? []
  const value = taken(set, code, dateOf)
  const said = obx && firstConcept(obx, "OBX-3", reading)
  return said && value ? [{ code: said, value }] : []
}

/**
 * What is recommended to a patient, as a sender sees it now: the next forecast takes its place.
 * `date` is when none of the forecasts says when it was made, which R4 demands.
 */
export function recommendationsOf(
  [first, ...more]: readonly [Forecast, ...Forecast[]],
  patient: Reference,
  date: string,
  reading: Reading,
): ImmunizationRecommendation {
  const all = [first, ...more]
  const key = [patient.reference ?? "", reading.sender]
  return {
    resourceType: "ImmunizationRecommendation",
    identifier: [own(reading, "ImmunizationRecommendation", ...key)],
    patient,
    date: all.find((each) => each.date !== undefined)?.date ?? date,
    authority: all.find(({ authority }) => authority !== undefined)?.authority,
    recommendation: all.map(({ recommendation }) => recommendation),
  }
}
