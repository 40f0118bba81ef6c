import Papa from "papaparse"
import * as v from "valibot"
import { type CodeRow, codeRow, columns, rowKey } from "./row.ts"

/** What a list of unmapped codes has beside the columns of a code map; passed over when read. */
export const unmappedColumns = ["codeMap", "count", "firstSeen", "lastSeen", "message"] as const

/** A line of a CSV file: its number, from 1, and its cells. */
interface Line {
  number: number
  cells: string[]
}

/**
 * Reads a code map out of CSV as spreadsheets write it: with a byte order mark or without, lines
 * ended either way, cells parted by commas, semicolons or tabs. A line whose three target cells are
 * empty is still to be filled in, and passed over.
 *
 * @param wrong why a row can't be taken here, for what is asked beyond its own form
 * @returns the rows, and a problem for each line that can't be one: `12: targetCode: is empty`
 */
export function readCsv(
  bytes: Uint8Array,
  wrong: (row: CodeRow) => string | undefined = () => undefined,
): { rows: CodeRow[]; problems: string[] } {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    const advice = 'save it as "CSV UTF-8", or the names in it come out garbled'
    return { rows: [], problems: [`1: the file is not UTF-8: ${advice}`] }
  }
  const delimiter = [";", "\t"].find((one) => text.split(/[\r\n]/, 1)[0]?.includes(one)) ?? ","
  const { data, errors } = Papa.parse<string[]>(text, { delimiter })
  const lines = numbered(data).filter(({ cells }) => cells.some((cell) => cell.trim() !== ""))
  const [header, ...rest] = lines
  if (header === undefined) return { rows: [], problems: ["1: the file is empty"] }
  const broken = errors.find(({ type }) => type === "Quotes")
  if (broken) {
    const number = numbered(data)[broken.row ?? 0]?.number ?? 1
    return { rows: [], problems: [`${number}: a quotation mark here has no other, or too many`] }
  }
  const { names, problems } = columnsOf(header)
  return problems.length > 0 ? { rows: [], problems } : rowsOf(names, rest, wrong)
}

/** A cell in quotation marks may go over several lines. */
function numbered(data: readonly string[][]): Line[] {
  let number = 1
  return data.map((cells) => {
    const line = { number, cells }
    number += 1 + cells.join("").split(/\r\n|[\r\n]/).length - 1
    return line
  })
}

/** The header's columns by our spelling, and what is wrong with it. */
function columnsOf({ number, cells }: Line) {
  const known = [...columns, ...unmappedColumns]
  const names = cells.map((cell) => {
    return known.find((name) => name.toLowerCase() === cell.trim().toLowerCase())
  })
  const at = (problem: string) => `${number}: ${problem}`
  const unknown = cells.filter((cell, index) => cell.trim() !== "" && names[index] === undefined)
  const missing = ["code", "targetSystem", "targetCode"].filter((name) => {
    return !names.some((one) => one === name)
  })
  const twice = names.filter((name, index) => name && names.indexOf(name) !== index)
  const problems = [
    ...unknown.map((cell) => at(`no column is called ${cell.trim()}; there is ${columns.join()}`)),
    ...missing.map((name) => at(`the column ${name} is missing`)),
    ...twice.map((name) => at(`the column ${name} stands there twice`)),
  ]
  return { names, problems }
}

function rowsOf(
  names: readonly (string | undefined)[],
  lines: readonly Line[],
  wrong: (row: CodeRow) => string | undefined,
) {
  const rows: CodeRow[] = []
  const problems: string[] = []
  const seen = new Map<string, number>()
  for (const { number, cells } of lines) {
    if (cells.slice(names.length).some((cell) => cell.trim() !== "")) {
      problems.push(`${number}: has ${cells.length} cells, the header ${names.length}`)
      continue
    }
    const row: Record<string, string> = {}
    for (const name of columns) row[name] = plain(cells[names.indexOf(name)] ?? "").trim()
    if (row.targetSystem === "" && row.targetCode === "" && row.targetDisplay === "") continue
    const parsed = v.safeParse(codeRow, row)
    if (!parsed.success) {
      for (const issue of parsed.issues) {
        problems.push(`${number}: ${v.getDotPath(issue)}: ${issue.message}`)
      }
      continue
    }
    const key = rowKey(parsed.output)
    const first = seen.get(key)
    if (first === undefined) seen.set(key, number)
    else problems.push(`${number}: code ${parsed.output.code} stands in line ${first} already`)
    const problem = wrong(parsed.output)
    if (problem !== undefined) problems.push(`${number}: ${problem}`)
    rows.push(parsed.output)
  }
  return { rows, problems }
}

/** A code map as CSV, which `readCsv` reads again. */
export function codeMapCsv(rows: readonly CodeRow[]): string {
  return write(columns, rows)
}

/** A code to be mapped, with what is known of it under the names of `unmappedColumns`. */
type Listed = Readonly<
  Record<"codeMap" | "source" | "field" | "system" | "code" | "display", string> &
    Record<Exclude<(typeof unmappedColumns)[number], "codeMap">, string | number>
>

/** The list of unmapped codes as CSV: with its target columns filled in it is a code map. */
export function unmappedCsv(listed: readonly Listed[]): string {
  return write([...columns, ...unmappedColumns], listed)
}

/**
 * CSV that a spreadsheet opens. A sender's code that begins as a formula does would be run as one
 * there: an apostrophe before it keeps it text.
 */
function write(
  header: readonly string[],
  rows: readonly Readonly<Record<string, string | number>>[],
): string {
  const data = rows.map((row) => header.map((name) => row[name] ?? ""))
  // The byte order mark tells Excel that it is UTF-8.
  return `\ufeff${Papa.unparse([[...header], ...data], { escapeFormulae: true })}\r\n`
}

/** A cell without the apostrophe that kept it from being a formula. */
function plain(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
