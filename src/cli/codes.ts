import type { ShownUnmapped } from "../admin/index.ts"
import { type Api, asking } from "./api.ts"
import { print, UsageProblem } from "./command.ts"
import { table, when } from "./table.ts"

const help = `usage: waystation codes
       waystation codes NAME
       waystation codes unmapped [--of NAME] [--csv]

Lists the code maps a running gateway has. With the NAME of one it is printed as CSV. With the word
unmapped: the codes that have no place in one, those met most often first.

  --of NAME          those of this code map only
  --csv              as CSV for a spreadsheet; with its empty columns filled in it is a code map
  --json             the same as JSON, for programs`

const options = {
  of: { type: "string" },
  csv: { type: "boolean" },
  json: { type: "boolean" },
} as const

export const codes = asking({
  name: "codes",
  summary: "which codes are mapped, and which are still to be?",
  help,
  options,
  takes: "words",
  async run(api, { of, csv, json }, [name, ...more]) {
    if (more.length > 0) throw new UsageProblem("one NAME at a time")
    if (csv && json) throw new UsageProblem("either --csv or --json")
    if (name === "unmapped") return unmapped(api, of, csv ? "csv" : json ? "json" : "table")
    if (of !== undefined || csv) throw new UsageProblem("--of and --csv go with unmapped")
    if (name === undefined) return list(api, json ?? false)
    if (json) throw new UsageProblem("a code map is printed as CSV")
    await print(await text(api, encodeURIComponent(name)))
  },
})

async function list(api: Api, json: boolean): Promise<void> {
  const found = await api.get<{ codeMaps: Listed }>("code-maps")
  if (json) return print(JSON.stringify(found, null, 2))
  const rows = Object.entries(found.codeMaps).map(([name, { field, codes }]) => {
    return [name, String(codes), field.join(", ")]
  })
  const words = table(["CODE MAP", { right: "CODES" }, "FIELDS"], rows)
  await print(rows.length === 0 ? "there is no [codeMap.NAME] in the configuration" : words)
}

type Listed = Record<string, { field: string[]; codes: number }>

async function unmapped(api: Api, of: string | undefined, as: "csv" | "json" | "table") {
  const query = of === undefined ? "" : `&codeMap=${encodeURIComponent(of)}`
  if (as === "csv") return print(await text(api, `unmapped?format=csv${query}`))
  const found = await api.get<{ unmapped: ShownUnmapped[] }>("code-maps/unmapped", { codeMap: of })
  if (as === "json") return print(JSON.stringify(found, null, 2))
  if (found.unmapped.length === 0) return print("every code that was met has its place")
  const rows = found.unmapped.map(({ count, source, field, system, code, display, ...met }) => {
    const last = `${when(met.lastSeen)} (${met.message})`
    return [String(count), source, field, system, code, last, display]
  })
  const last = "LAST (MESSAGE)"
  await print(table([{ right: "MET" }, "SOURCE", "FIELD", "SYSTEM", "CODE", last, "TEXT"], rows))
}

async function text(api: Api, path: string): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(await api.bytes(`code-maps/${path}`))
    .trimEnd()
}
