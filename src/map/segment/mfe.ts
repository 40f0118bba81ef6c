import type { Identifier } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import type { Reading } from "../reading.ts"
import { codingSystem } from "../type/coding.ts"

/** One record of a master file (2.5.1, 8.5.2): its MFE, and the segments under it. */
export interface FileRecord {
  mfe: Segment
  under: Segment[]
}

/** The records of an MFN, in their order. */
export function recordsOf({ parsed }: Reading): FileRecord[] {
  const records: FileRecord[] = []
  for (const segment of parsed.segments) {
    if (segment.name === "MFE") records.push({ mfe: segment, under: [] })
    else records.at(-1)?.under.push(segment)
  }
  return records
}

/** The segment of that name under an MFE. */
export function under({ under }: FileRecord, name: string): Segment | undefined {
  return under.find((segment) => segment.name === name)
}

/**
 * What a record is known by: its primary key (MFE-4), under the coding system that it is of, else
 * under `assigner`. Undefined without a key.
 */
export function recordKey(mfe: Segment, assigner: string, reading: Reading): string | undefined {
  const id = mfe.text(4) ?? ""
  // Table 0396 has "L" for a local code, which is nobody's name.
  const named = mfe.text(4, 3)
  const namespace = named === undefined || named === "L" ? assigner : named
  return patientKey({ id, namespace, universalId: "", universalIdType: "" }, reading.sender)
}

/** The key of a record as an identifier of what it is about. */
export function recordNumber(mfe: Segment, reading: Reading): Identifier[] {
  const value = mfe.text(4)
  if (value === undefined) return []
  return [{ system: codingSystem(mfe.text(4, 3), undefined, reading.sender, reading), value }]
}

/**
 * Whether the record is in use by MFE-1 (table 0180): deleted or deactivated, it is not; added or
 * reactivated, it is. An update says nothing of it.
 */
export function inUse(mfe: Segment): boolean | undefined {
  const event = mfe.text(1) ?? ""
  if (event === "MDL" || event === "MDC") return false
  return event === "MAD" || event === "MAC" ? true : undefined
}
