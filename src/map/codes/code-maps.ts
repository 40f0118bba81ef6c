import type { Coding } from "fhir/r4"
import type { CodeMap, CodeMaps, Unmapped } from "../../mapping.ts"
import { codeText } from "../type/cwe.ts"
import type { CodedField } from "./fields.ts"
import { rowKey } from "./row.ts"
import type { CodeMapConfig } from "./settings.ts"

/**
 * Makes the code maps of a configuration ready to be asked, once for all messages: 10,000 rows take
 * 10 ms. Undefined where there are none, so that nobody asks.
 */
export function openCodeMaps(
  configured: Readonly<Record<string, CodeMapConfig>> | undefined,
): CodeMaps | undefined {
  const all = Object.entries(configured ?? {}).map(([name, config]) => open(name, config))
  if (all.length === 0) return undefined
  const found = new Map<string, CodeMap | undefined>()
  return {
    of(source, field) {
      const key = `${source} ${field}`
      if (!found.has(key)) {
        found.set(key, all.find((one) => one.isFor(source, field))?.at(source, field))
      }
      return found.get(key)
    },
  }
}

/** Whether a code that was noted as unmapped still is one. */
export function isUnmapped(
  codeMaps: CodeMaps | undefined,
  { source, field, system, code }: Unmapped,
): boolean {
  const codeMap = codeMaps?.of(source, field)
  return codeMap !== undefined && codeMap.find(system, code) === undefined
}

function open(name: string, { field: fields, from, onUnknown, row: rows }: CodeMapConfig) {
  const codings = new Map<string, Coding>()
  for (const row of rows) {
    const { targetSystem: system, targetCode: code, targetDisplay: display } = row
    codings.set(rowKey(row), { system, code, display: display || undefined })
  }
  return {
    isFor(source: string, field: string): boolean {
      return fields.includes(field as CodedField) && (from?.includes(source) ?? true)
    },
    at: (source: string, field: string): CodeMap => ({
      name,
      onUnknown,
      find: (system = "", code) => find(codings, { source, field, system, code }),
    }),
  }
}

/** The row that says most counts: for this source before any, then its field, then its system. */
function find(
  codings: ReadonlyMap<string, Coding>,
  asked: { source: string; field: string; system: string; code: string },
): Coding | undefined {
  const code = codeText(asked.code) ?? ""
  for (const source of asked.source === "" ? [""] : [asked.source, ""]) {
    for (const field of [asked.field, ""]) {
      for (const system of asked.system === "" ? [""] : [asked.system, ""]) {
        const coding = codings.get(rowKey({ source, field, system, code }))
        if (coding !== undefined) return coding
      }
    }
  }
  return undefined
}
