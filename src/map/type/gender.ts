import type { Patient } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { administrativeSex } from "../vocabulary/administrative-sex.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The administrative sex (table 0001) as FHIR gender; a code that is not in it is noted. */
export function gender(segment: Segment, field: number, reading: Reading): Patient["gender"] {
  // A CWE since 2.7: a sender with codes of its own has that of the table behind them.
  const target = targetFor(segment.text(field)) ?? targetFor(segment.text(field, 4))
  if (!target) reading.note(`${segment.name}-${field}: a code that is not in table 0001`)
  return target?.code
}

function targetFor(text: string | undefined) {
  const code = text?.toUpperCase()
  // Mindray's haematology analyzers spell it out.
  return targetOf(administrativeSex, code === "MALE" || code === "FEMALE" ? code[0] : code)
}
