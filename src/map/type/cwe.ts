import type { CodeableConcept, Coding } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { codingSystem } from "./coding.ts"

/**
 * A coded element (CWE and CE, 2.5.1, 2A.13) with all its triplets; undefined when it says
 * nothing. `local` names the system of codes that come without one: the field's table or place.
 */
export function concept(
  cwe: Repetition,
  local: string,
  reading: Reading,
): CodeableConcept | undefined {
  const coded: Coding[] = []
  for (const triplet of triplets) {
    const made = coding(cwe, triplet, local, reading)
    if (made !== undefined) coded.push(made)
  }
  const text = cwe.component(9) ?? (cwe.text(1) === undefined ? uncoded(cwe) : undefined)
  return coded.length > 0 || text !== undefined ? { coding: coded, text } : undefined
}

/** What a field says that repeats in v2 and not in FHIR: its first concept. */
export function firstConcept(
  segment: Segment,
  field: number,
  local: string,
  reading: Reading,
): CodeableConcept | undefined {
  for (const cwe of segment.repetitions(field)) {
    const said = concept(cwe, local, reading)
    if (said !== undefined) return said
  }
  return undefined
}

/**
 * A text without a code is no coding. Cepheid's `^G4v5^^Rif^Xpert MTB-RIF^5^Rif Resistance^` names
 * the analyte where versions should stand, and one code for all of them: it is kept as it is.
 */
function uncoded(cwe: Repetition): string | undefined {
  return (cwe.text(7) ?? cwe.text(8)) === undefined ? cwe.component(2) : cwe.whole()
}

/**
 * A coded element of one of the tables of `vocabulary/`: the table's target first, then what the
 * sender says where it is more than the bare code of that table.
 */
export function translated(
  cwe: Repetition,
  target: Coding | null | undefined,
  local: string,
  reading: Reading,
): CodeableConcept | undefined {
  const said = concept(cwe, local, reading)
  if (!target || said === undefined) return said
  const { system, code, display } = target
  const beside = (said.coding ?? []).filter(
    (each, at) => (at > 0 || cwe.text(3) !== undefined) && each.system !== system,
  )
  return { coding: [{ system, code, display }, ...beside], text: said.text }
}

/** What a concept is known by within a business key: its first code, else its text. */
export function codeKey(concept: CodeableConcept): string {
  const [first] = concept.coding ?? []
  return first === undefined ? `text|${concept.text}` : `${first.system}|${first.code}`
}

/** A code as R4 allows it: no white space at its ends and no two in a row. */
export function codeText(text: string | undefined): string | undefined {
  return text?.replaceAll(/\s+/g, " ")
}

/** Where a triplet's code, text, system, version and system OID stand. */
interface Triplet {
  code: number
  text: number
  system: number
  version: number
  oid: number
}

const triplets: Triplet[] = [
  { code: 1, text: 2, system: 3, version: 7, oid: 14 },
  { code: 4, text: 5, system: 6, version: 8, oid: 17 },
  { code: 10, text: 11, system: 12, version: 13, oid: 20 },
]

function coding(
  cwe: Repetition,
  triplet: Triplet,
  local: string,
  reading: Reading,
): Coding | undefined {
  const code = codeText(cwe.component(triplet.code))
  if (code === undefined) return undefined
  return {
    system: codingSystem(cwe.text(triplet.system), cwe.text(triplet.oid), local, reading),
    version: cwe.text(triplet.version),
    code,
    display: cwe.component(triplet.text),
  }
}
