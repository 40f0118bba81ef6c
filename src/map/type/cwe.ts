import type { CodeableConcept, Coding } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { type CodedField, codedFields, tableOf } from "../codes/fields.ts"
import type { Reading } from "../reading.ts"
import { codingSystem } from "./coding.ts"
import { type LocalCode, mappedCoding } from "./mapped-coding.ts"

/**
 * A coded element (CWE and CE, 2.5.1, 2A.13) with all its triplets, and before them what the site's
 * code map says they are; undefined when it says nothing. `local` names the system of codes that
 * come without one: the field's table or place.
 */
export function concept(
  cwe: Repetition,
  field: CodedField,
  reading: Reading,
  local = tableOf(field),
): CodeableConcept | undefined {
  const said = saidIn(cwe, local, reading)
  return said && withMapped(said, cwe, field, false, reading)
}

/** What a field says that repeats in v2 and not in FHIR: its first concept. */
export function firstConcept(
  segment: Segment,
  field: CodedField,
  reading: Reading,
): CodeableConcept | undefined {
  for (const cwe of segment.repetitions(numberOf(field))) {
    const said = concept(cwe, field, reading)
    if (said !== undefined) return said
  }
  return undefined
}

/** The number of a field within its segment. */
export function numberOf(field: CodedField): number {
  return numbers.get(field) ?? 0
}

/** Taken apart once: it is asked of six fields an OBX. */
const numbers: ReadonlyMap<string, number> = new Map(
  Object.keys(codedFields).map((field) => [field, Number(field.slice(field.indexOf("-") + 1))]),
)

/** What the sender says, with nothing of ours. */
function saidIn(cwe: Repetition, local: string, reading: Reading): CodeableConcept | undefined {
  const coded: Coding[] = []
  const last = cwe.components()
  for (const triplet of triplets) {
    if (triplet.code > last) break
    const made = coding(cwe, triplet, local, reading)
    if (made !== undefined) coded.push(made)
  }
  const text = cwe.component(9) ?? (cwe.text(1) === undefined ? uncoded(cwe) : undefined)
  return coded.length > 0 || text !== undefined ? { coding: coded, text } : undefined
}

/**
 * A concept with what the site's code map says it is before it, and all that is not that code again
 * behind. `standard`: without the code map it has a standard code too.
 */
function withMapped(
  said: CodeableConcept,
  cwe: Repetition,
  field: CodedField,
  standard: boolean,
  reading: Reading,
): CodeableConcept {
  if (reading.codeMaps === undefined) return said
  const mapped = mappedCoding(codesIn(cwe), field, standard, reading)
  if (mapped === undefined) return said
  const { coding = [], text } = said
  const beside = coding.filter(({ system, code }) => {
    return system !== mapped.system || code !== mapped.code
  })
  return { coding: [mapped, ...beside], text }
}

/**
 * A text without a code is no coding. Cepheid's `^G4v5^^Rif^Xpert MTB-RIF^5^Rif Resistance^` names
 * the analyte where versions should stand, and one code for all of them: it is kept as it is.
 */
function uncoded(cwe: Repetition): string | undefined {
  return (cwe.text(7) ?? cwe.text(8)) === undefined ? cwe.component(2) : cwe.whole()
}

/**
 * A coded element of one of the tables of `vocabulary/`: the site's code map first, then the
 * table's target, then what the sender says where it is more than the bare code of that table.
 */
export function translated(
  cwe: Repetition,
  target: Coding | null | undefined,
  field: CodedField,
  reading: Reading,
): CodeableConcept | undefined {
  if (target && cwe.components() === 1 && cwe.component(1) !== undefined) {
    // As most are: a code alone, of which the target says all.
    return withMapped({ coding: [plain(target)] }, cwe, field, true, reading)
  }
  const said = saidIn(cwe, tableOf(field), reading)
  if (said === undefined) return undefined
  if (!target) return withMapped(said, cwe, field, false, reading)
  const more = (said.coding ?? []).filter(
    (each, at) => (at > 0 || cwe.text(3) !== undefined) && each.system !== target.system,
  )
  return withMapped(
    { coding: [plain(target), ...more], text: said.text },
    cwe,
    field,
    true,
    reading,
  )
}

/** A target without what its table keeps beside it. */
function plain({ system, code, display }: Coding): Coding {
  return { system, code, display }
}

/**
 * What a concept is known by within a business key: the sender's first code, else its text. A code
 * map that comes later must find the same resource, so what it says is left out.
 */
export function codeKey(
  segment: Segment,
  field: CodedField,
  { text }: CodeableConcept,
  reading: Reading,
): string {
  for (const cwe of segment.repetitions(numberOf(field))) {
    const said = saidIn(cwe, tableOf(field), reading)
    const [first] = said?.coding ?? []
    if (first !== undefined) return `${first.system}|${first.code}`
    if (said !== undefined) break
  }
  return `text|${text}`
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

/** The codes a code map is asked for, as the sender wrote them. */
function codesIn(cwe: Repetition): LocalCode[] {
  return triplets.flatMap(({ code, text, system, oid }) => {
    const given = codeText(cwe.component(code))
    if (given === undefined) return []
    const named = cwe.text(system) ?? cwe.text(oid)
    return [{ system: named, code: given, display: cwe.component(text) }]
  })
}
