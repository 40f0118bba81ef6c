import type { Patient } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { administrativeSex } from "../vocabulary/administrative-sex.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The administrative sex (table 0001) as FHIR gender; a code that is not in it is noted. */
export function gender(segment: Segment, field: number, reading: Reading): Patient["gender"] {
  const code = segment.text(field)?.toUpperCase()
  // Mindray's haematology analyzers spell it out.
  const spelled = code === "MALE" || code === "FEMALE" ? code[0] : code
  const target = targetOf(administrativeSex, spelled)
  if (!target) reading.note(`${segment.name}-${field}: a code that is not in table 0001`)
  return target?.code
}
