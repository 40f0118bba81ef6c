import { type Context, Hono } from "hono"
import type { AdminView } from "./index.ts"
import { problem } from "./problem.ts"

/** The code maps as people keep them: in a spreadsheet. */
export interface CodeMapsView {
  /** For each the fields it is for and how many codes it has. */
  list: Readonly<Record<string, { field: readonly string[]; codes: number }>>
  /** One as CSV; undefined where there is none of this name. */
  csv(name: string): string | undefined
  /** The list of unmapped codes as CSV, with columns to be filled in. */
  unmappedCsv(listed: readonly ShownUnmapped[]): string
}

/** What it works with. */
interface Given extends Pick<AdminView, "codeMaps"> {
  store: Pick<AdminView["store"], "unmapped">
}

/** A code that no code map has, as the API shows it. */
export type ShownUnmapped = ReturnType<typeof shown>
type Met = Awaited<ReturnType<AdminView["store"]["unmapped"]>>[number]

/** `/api/v1/code-maps`: what is mapped, and what is still to be. */
export function openCodesApi({ codeMaps, store }: Given) {
  const api = new Hono({ strict: false })
  api.get("/", (c) => c.json({ codeMaps: codeMaps.list }))

  api.get("/unmapped", async (c) => {
    const name = c.req.query("codeMap")
    const format = c.req.query("format") ?? (wantsCsv(c) ? "csv" : "json")
    if (name !== undefined && !Object.hasOwn(codeMaps.list, name)) return noCodeMap(c)
    if (format !== "csv" && format !== "json") {
      return problem(c, 400, "format must be csv or json")
    }
    const all = await store.unmapped()
    const listed = all.filter((one) => name === undefined || one.codeMap === name).map(shown)
    if (format === "json") return c.json({ unmapped: listed })
    return csv(c, "unmapped", codeMaps.unmappedCsv(listed))
  })

  api.get("/:name", (c) => {
    const name = c.req.param("name")
    const text = codeMaps.csv(name)
    return text === undefined ? noCodeMap(c) : csv(c, name, text)
  })
  return api
}

function shown({ codeMap, source, field, system, code, display, count, ...met }: Met) {
  const said = { codeMap, source, field, system, code, display }
  const firstSeen = new Date(met.firstAt).toISOString()
  const lastSeen = new Date(met.lastAt).toISOString()
  return { ...said, count, firstSeen, lastSeen, message: met.messageId }
}

function wantsCsv(c: Context): boolean {
  return c.req.header("accept")?.includes("text/csv") ?? false
}

function csv(c: Context, name: string, text: string): Response {
  return c.body(text, 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${name}.csv"`,
  })
}

function noCodeMap(c: Context): Response {
  return problem(c, 404, "there is no such code map; /api/v1/code-maps lists them")
}
