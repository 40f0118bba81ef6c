import type { Element } from "fhir/r4"
import type { Reading } from "../reading.ts"
import { targetOf } from "../vocabulary/target.ts"
import { alternateCode } from "./alternate.ts"

/** A status R4 requires, and beside it the v2 code it came from where it says more. */
export interface Status<Code extends string> {
  status: Code | "unknown"
  _status?: Element
}

/**
 * The status that a v2 code of a table means; "unknown" for a code that is not in it. `plain` are
 * the codes whose target says as much as they do: any other is kept beside the status, as the
 * guide does it for OBX-11's X.
 */
export function statusOf<Code extends string>(
  table: Readonly<Record<string, { code: Code } | null>>,
  code: string,
  from: { field: string; table: string; plain: string },
  reading: Reading,
): Status<Code> {
  const target = targetOf(table, code)
  if (!target) reading.note(`${from.field}: its code is not of table ${from.table}`)
  const status = target?.code ?? "unknown"
  if (from.plain.includes(code)) return { status }
  return { status, _status: alternateCode(code, from.table) }
}
