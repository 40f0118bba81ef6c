import type { ServiceRequest } from "fhir/r4"
import type { CodedField } from "../codes/fields.ts"
import { each, type Field } from "../part.ts"
import { concept, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { extendedPriority } from "../vocabulary/extended-priority.ts"
import { targetOf } from "../vocabulary/target.ts"
import { alternateNumber, callback } from "./orc.ts"

/** The fields of OBR (2.5.1, 4.5.3) that say what was ordered. */
export const obrFields: readonly Field<ServiceRequest>[] = [
  {
    field: 4,
    elements: ["code"],
    make: (obr, reading) => ({ code: firstConcept(obr, "OBR-4", reading) }),
  },
  {
    field: 5,
    elements: ["priority"],
    make: (obr) => ({ priority: targetOf(extendedPriority, obr.text(5))?.code }),
  },
  {
    field: 6,
    elements: ["occurrenceDateTime"],
    make: (obr, reading) => ({ occurrenceDateTime: dateTime(obr.text(6), "OBR-6", reading) }),
  },
  {
    field: 11,
    elements: ["intent"],
    make: (obr) => (obr.text(11) === "G" ? { intent: "reflex-order" } : undefined),
  },
  {
    field: 13,
    elements: ["extension"],
    // R4's supportingInfo refers to resources only; R5's has concepts, and R4 borrows them so.
    make: (obr, reading) => ({
      extension: each(obr, 13, (cwe) => {
        // Up to 2.6 it is a text.
        const isText = cwe.components() === 1
        const said = isText ? { text: cwe.whole().trim() } : concept(cwe, "OBR-13", reading)
        const inner = { url: "concept", valueCodeableConcept: said }
        return said && { url: supportingInfo, extension: [inner] }
      }),
    }),
  },
  callback(17),
  concepts(31, "OBR-31", "reasonCode"),
  concepts(46, "OBR-46", "orderDetail"),
  concepts(47, "OBR-47", "orderDetail"),
  alternateNumber(53),
]

function concepts(
  field: number,
  coded: CodedField,
  element: "reasonCode" | "orderDetail",
): Field<ServiceRequest> {
  return {
    field,
    elements: [element],
    make: (obr, reading) => ({
      [element]: each(obr, field, (cwe) => concept(cwe, coded, reading)),
    }),
  }
}

const supportingInfo =
  "http://hl7.org/fhir/5.0/StructureDefinition/extension-ServiceRequest.supportingInfo"
