import type { ActivityDefinition, ObservationDefinition } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Field, type Part, partOf, partsOf } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { concept, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { decimal, unitOf } from "../type/quantity.ts"
import { referenceRange } from "../type/range.ts"
import { textOf } from "../type/value.ts"
import { targetOf } from "../vocabulary/target.ts"
import { inUse } from "./mfe.ts"

/**
 * What a record of the test catalogue says of the service that can be ordered, field by field: an
 * ActivityDefinition, as only that has a status in R4, by which a test is retired.
 */
export function serviceParts(mfe: Segment, om1: Segment | undefined, reading: Reading): Part[] {
  const used = inUse(mfe)
  const status = used === undefined ? undefined : used ? "active" : "retired"
  const event: Part[] = status ? [{ part: "MFE-1", makes: { status }, mentions: [] }] : []
  return [...event, ...(om1 ? partsOf(om1, om1Fields, reading) : [])]
}

/** The fields of OM1 (2.5.1, 8.8.8) that the ActivityDefinition is made of. */
const om1Fields: readonly Field<ActivityDefinition>[] = [
  {
    field: 2,
    elements: ["code"],
    make: (om1, reading) => ({ code: codeOf(om1, reading) }),
  },
  {
    field: 6,
    elements: ["description"],
    make: (om1) => ({ description: textOf(om1.repetitions(6)) }),
  },
  {
    field: 9,
    elements: ["title"],
    make: (om1) => ({ title: om1.text(11) === undefined ? om1.component(9) : undefined }),
  },
  { field: 11, elements: ["title"], make: (om1) => ({ title: om1.component(11) }) },
  {
    field: 21,
    elements: ["date"],
    make: (om1, reading) => ({ date: dateTime(om1.text(21), "OM1-21", reading) }),
  },
  {
    field: 22,
    elements: ["effectivePeriod"],
    make: (om1, reading) => {
      const start = dateTime(om1.text(22), "OM1-22", reading)
      return start === undefined ? undefined : { effectivePeriod: { start } }
    },
  },
  {
    field: 37,
    elements: ["usage"],
    make: (om1) => ({ usage: textOf(om1.repetitions(37)) }),
  },
]

/** The elements that the parts of an ActivityDefinition make. */
export const serviceElements: ReadonlyMap<string, readonly string[]> = new Map([
  ["MFE-1", ["status"]],
  ["OM1-3", ["observationResultRequirement"]],
  ...om1Fields.map(({ field, elements }) => [`OM1-${field}`, elements] as const),
])

/**
 * What an OM1, with its OM2 (2.5.1, 8.8.9), says of the results of a test: an ObservationDefinition
 * with its units and ranges. Undefined where there is nothing of the kind.
 */
export function resultDefinition(
  om1: Segment,
  om2: Segment | undefined,
  key: string,
  reading: Reading,
): ObservationDefinition | undefined {
  const permittedDataType = each(om1, 3, (id) => targetOf(dataTypes, id.text(1)))
  const method = firstConcept(om1, "OM1-14", reading)
  const ranges = om2 ? rangesOf(om2, reading) : []
  const quantitativeDetails = om2 && detailsOf(om2, reading)
  const said = permittedDataType[0] ?? method ?? ranges[0] ?? quantitativeDetails
  if (said === undefined) return undefined
  return {
    resourceType: "ObservationDefinition",
    identifier: [own(reading, "ObservationDefinition", key)],
    code: codeOf(om1, reading) ?? absentCode,
    permittedDataType: [...new Set(permittedDataType)],
    method,
    preferredReportName: om1.component(9),
    quantitativeDetails,
    qualifiedInterval: ranges,
  }
}

/** OM1-2 with the codes that others have for the same service (OM1-7). */
function codeOf(om1: Segment, reading: Reading) {
  const code = firstConcept(om1, "OM1-2", reading)
  const others = each(om1, 7, (cwe) => concept(cwe, "OM1-7", reading))
  const coding = [code, ...others].flatMap((each) => each?.coding ?? [])
  const text = code?.text
  return coding.length === 0 && text === undefined ? undefined : { coding, text }
}

/** OM2-2, the unit, and OM2-3, the digits behind the point. */
function detailsOf(om2: Segment, reading: Reading): ObservationDefinition["quantitativeDetails"] {
  const [given] = om2.repetitions(2)
  const { unit, system, code } = given ? unitOf(given, reading) : {}
  const precision = decimal(om2.text(3))
  const whole = precision !== undefined && Number.isInteger(precision) && precision >= 0
  if (unit === undefined && !whole) return undefined
  return {
    unit: { coding: system === undefined ? [] : [{ system, code }], text: unit },
    decimalPrecision: whole ? precision : undefined,
  }
}

/** OM2-6 (RFR): the range, and for whom it is one. What is no range of two numbers is left out. */
function rangesOf(om2: Segment, reading: Reading) {
  const unit = unitOf(om2.repetitions(2)[0], reading)
  return each(om2, 6, (rfr) => {
    const [low, high] = [rfr.text(1, 1), rfr.text(1, 2)]
    const range = referenceRange(high === undefined ? (low ?? "") : `${low ?? ""}-${high}`, unit)
    if (range.low === undefined || range.high === undefined) {
      if (low !== undefined) reading.note("OM2-6: it is no range of two numbers; it is left out")
      return undefined
    }
    const sex = rfr.text(2)
    return {
      category: "reference" as const,
      range: { low: range.low, high: range.high },
      gender: sex === "F" ? ("female" as const) : sex === "M" ? ("male" as const) : undefined,
      condition: rfr.component(6),
    }
  })
}

/** OM1-3 (table 0125) as R4's permitted-data-type, a required binding; others have none there. */
const dataTypes: Record<string, "Quantity" | "CodeableConcept" | "string" | "dateTime" | "time"> = {
  NM: "Quantity",
  SN: "Quantity",
  CE: "CodeableConcept",
  CWE: "CodeableConcept",
  CNE: "CodeableConcept",
  ST: "string",
  TX: "string",
  FT: "string",
  DT: "dateTime",
  DTM: "dateTime",
  TS: "dateTime",
  TM: "time",
}

/** How a service refers to the results it gives. */
export function resultParts(
  definition: ObservationDefinition | undefined,
  reading: Reading,
): Part[] {
  if (definition === undefined) return []
  const part = partOf("OM1-3", reading, (mention) => ({
    observationResultRequirement: [mention(definition)],
  }))
  return part ? [part] : []
}
