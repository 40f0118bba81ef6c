import type { Extension } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"
import { orderControl } from "../vocabulary/decided.ts"
import { targetOf } from "../vocabulary/target.ts"

/** A request for a status, its answer, a link to a problem and a charge say nothing of how the
 * order stands: one that was cancelled stays so. */
export const silent: ReadonlySet<string> = new Set(["LI", "MC", "SR", "SS", "UN"])

/**
 * What was done to an order last and when (ORC-1, ORC-9; 2.5.1, 4.5.1), for which R4 has no element
 * but `authoredOn`, of a new one alone: by the guide's extension, which HL7 publishes for R4 as
 * well. Without a code of table 0119 there is no event.
 */
export function businessEvent(orc: Segment | undefined, reading: Reading): Extension[] {
  const code = orc?.text(1)
  if (orc === undefined || code === undefined || silent.has(code)) return []
  if (targetOf(orderControl, code) === undefined) return []
  const valueDateTime = dateTime(orc.text(9), "ORC-9", reading)
  return [
    {
      url: "http://hl7.org/fhir/StructureDefinition/businessEvent",
      extension: [
        { url: "value", valueCodeableConcept: { coding: [{ system: table0119, code }] } },
        ...(valueDateTime === undefined ? [] : [{ url: "date", valueDateTime }]),
      ],
    },
  ]
}

const table0119 = "http://terminology.hl7.org/CodeSystem/v2-0119"
