import { codeMapCsv, unmappedCsv } from "./csv.ts"
import type { CodeMapConfig } from "./settings.ts"

/** The code maps of a configuration for the people who keep them, in spreadsheets. */
export function codeMapSheets(codeMap: Readonly<Record<string, CodeMapConfig>>) {
  const list = Object.entries(codeMap).map(([name, { field, row }]) => {
    return [name, { field, codes: row.length }] as const
  })
  return {
    /** For each the fields it is for and how many codes it has. */
    list: Object.fromEntries(list),
    /** One as CSV; undefined where there is none of this name. */
    csv(name: string): string | undefined {
      const found = Object.hasOwn(codeMap, name) ? codeMap[name] : undefined
      return found && codeMapCsv(found.row)
    },
    unmappedCsv,
  }
}
