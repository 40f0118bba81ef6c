import type { Encounter } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Field } from "../part.ts"
import type { Reading } from "../reading.ts"
import { concept, translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { practitioner } from "../type/xcn.ts"
import { encounterPriority } from "../vocabulary/encounter-priority.ts"
import { modeOfArrival } from "../vocabulary/mode-of-arrival.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * The fields of PV2 (2.5.1, 3.4.4) that the Encounter is made of. A prior pending location (PV2-1)
 * is one where the patient is no longer to come and has never been.
 */
export const pv2Fields: readonly Field<Encounter>[] = [
  {
    field: 3,
    elements: ["reasonCode"],
    make: (pv2, reading) => ({
      reasonCode: each(pv2, 3, (cwe) => concept(cwe, "PV2-3", reading)),
    }),
  },
  expected(8, "plannedStartDate"),
  expected(9, "plannedEndDate"),
  { field: 11, elements: ["length"], make: lengthOfStay },
  {
    field: 12,
    elements: ["text"],
    make: (pv2) => ({ text: narrative(pv2.component(12)) }),
  },
  {
    field: 13,
    elements: ["participant"],
    make: (pv2, reading, mention) => ({
      participant: each(pv2, 13, (xcn) => {
        const individual = practitioner(xcn, reading, mention)
        return individual && { type: [{ coding: [referrer], text: referrer.display }], individual }
      }),
    }),
  },
  {
    field: 22,
    elements: ["meta"],
    make: (pv2) => (pv2.text(22) === "Y" ? { meta: { security: [restricted] } } : undefined),
  },
  {
    field: 25,
    elements: ["priority"],
    make: (pv2, reading) => ({
      priority: each(pv2, 25, (cwe) =>
        translated(cwe, targetOf(encounterPriority, cwe.text(1)), "PV2-25", reading),
      )[0],
    }),
  },
  {
    field: 38,
    elements: ["extension"],
    make: (pv2, reading) => {
      const [mode] = each(pv2, 38, (cwe) =>
        translated(cwe, targetOf(modeOfArrival, cwe.text(1)), "PV2-38", reading),
      )
      const [valueCoding] = mode?.coding ?? []
      return valueCoding && { extension: [{ url: arrival, valueCoding }] }
    },
  },
]

/** When a visit is to begin and to end, which R4 has no element for: those of R5. */
function expected(field: 8 | 9, element: "plannedStartDate" | "plannedEndDate"): Field<Encounter> {
  return {
    field,
    elements: ["extension"],
    make: (pv2, reading) => {
      const valueDateTime = dateTime(pv2.text(field), `PV2-${field}`, reading)
      if (!valueDateTime) return undefined
      return { extension: [{ url: `${r5}Encounter.${element}`, valueDateTime }] }
    },
  }
}

/** PV2-11 counts days. */
function lengthOfStay(pv2: Segment, reading: Reading): Partial<Encounter> | undefined {
  const text = pv2.text(11)
  if (text === undefined) return undefined
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) {
    reading.note("PV2-11: it is no number of days; it is left out")
    return undefined
  }
  return {
    length: { value: Number(text), unit: "days", system: "http://unitsofmeasure.org", code: "d" },
  }
}

function narrative(text: string | undefined): Encounter["text"] {
  if (text === undefined) return undefined
  return {
    status: "additional",
    div: `<div xmlns="http://www.w3.org/1999/xhtml">${Bun.escapeHTML(text)}</div>`,
  }
}

const r5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"
const arrival = "http://hl7.org/fhir/StructureDefinition/encounter-modeOfArrival"
const referrer = {
  system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
  code: "REF",
  display: "referrer",
}
/** A visit that its sender protects is not for everybody who may see the others. */
const restricted = {
  system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
  code: "R",
  display: "restricted",
}
