import { readdirSync } from "node:fs"
import { join } from "node:path"
import Papa from "papaparse"

/** A row of one of the guide's tables that names a target. */
export interface Row {
  /** `PID[Patient]`. */
  table: string
  /** The segment or data type, `PID`; that of the row's own identifier where it has one. */
  source: string
  /** What the table maps to: `Patient`. */
  target: string
  /** The number of the field or component; undefined for a row about the whole. */
  number: number | undefined
  /** The v2 data type: `XPN`. */
  type: string
  /** When the row counts, in the guide's own notation; "" for always. */
  condition: string
  /** The element, in the guide's own notation: `contact.telecom[2].use`. */
  attribute: string
  /** The table of the data type: `XPN[HumanName]`; "" for none. */
  mapping: string
  /** The table of the codes; "" for none. */
  vocabulary: string
  /** What is set whatever the field holds; "" for nothing. */
  assignment: string
}

/** What the rows are read with: the tables of codes, and what type each field is of. */
export interface Guide {
  /** The v2 codes that a vocabulary table has targets for. */
  codes(vocabulary: string): readonly string[]
  /** The v2 data type of a segment's field or a type's component; "ST" where no table has it. */
  typeOf(source: string, number: number): string
}

/** Reads every row that names a target, of the tables in a folder, by the columns' names. */
export async function readRows(folder: string): Promise<Row[]> {
  return (await readAll(folder)).filter(({ attribute }) => attribute !== "")
}

/** Reads the types of all fields, `PID-5`: also of those that are mapped to nothing. */
export async function readTypes(folder: string): Promise<Map<string, string>> {
  const rows = await readAll(folder)
  return new Map(rows.map(({ source, number, type }) => [`${source}-${number}`, type]))
}

async function readAll(folder: string): Promise<Row[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".csv"))
  const tables = files.sort().map(async (file) => {
    const table = /_ (.+) - [^-]+\.csv$/.exec(file)?.[1] ?? file
    return rowsOf(table, await Bun.file(join(folder, file)).text())
  })
  return (await Promise.all(tables)).flat()
}

/** The v2 codes a vocabulary table has a target for. */
export async function readCodes(folder: string, table: string): Promise<string[]> {
  const file = Bun.file(join(folder, `HL7 Concept Map_ ${table} - Sheet1.csv`))
  if (!(await file.exists())) return []
  const [, header = [], ...rows] = parse(await file.text())
  const source = header.indexOf("Code")
  const target = header.indexOf("Code", source + 1)
  const mapped = rows.filter((row) => row[source]?.trim() && row[target]?.trim())
  return mapped.map((row) => row[source]?.trim() ?? "")
}

function rowsOf(table: string, text: string): Row[] {
  const [, header = [], ...rows] = parse(text)
  // The table of AL1 has no names over its first columns.
  const column = (name: string, usual = -1) => {
    const at = header.findIndex((cell) => cell.startsWith(name))
    return at < 0 ? usual : at
  }
  const columns = {
    identifier: column("Identifier", 1),
    type: Math.min(column("Data Type"), 3),
    condition: column("Computable ANTLR"),
    attribute: column("FHIR Attribute"),
    mapping: column("Data Type Mapping"),
    vocabulary: column("Vocabulary Mapping"),
    assignment: column("Assignment"),
  }
  const [, source = "", target = ""] = /^(\w+)\[(.+)\]$/.exec(table) ?? []
  const all = rows.map((row): Row => {
    const cell = (name: keyof typeof columns) =>
      (row[columns[name]] ?? "").replaceAll(/\s+/g, " ").trim()
    const [, named, number] = /^(\w+?)[-.](\d+)$/.exec(cell("identifier")) ?? []
    const { identifier: _, ...names } = columns
    const cells = Object.keys(names).map((name) => [name, cell(name as keyof typeof columns)])
    const said: Omit<Row, "table" | "target" | "source" | "number"> = Object.fromEntries(cells)
    return {
      table,
      target: (target.split("-")[0] ?? "").trim(),
      source: named ?? source,
      number: number === undefined ? undefined : Number(number),
      ...said,
      attribute: attributeOf(table, said.attribute),
      // Where the column of types is empty, the table that the row leads to names the type.
      type: said.type || (/^\w+(?=\[)/.exec(said.mapping)?.[0] ?? ""),
      vocabulary: said.vocabulary || (forgotten[cell("identifier")] ?? ""),
    }
  })
  return all.map((row) => ({ ...row, vocabulary: row.vocabulary || vocabularyBeside(row, all) }))
}

/** What is set beside a code, as the URL of its extension, is set for the codes of its table. */
function vocabularyBeside(row: Row, all: readonly Row[]): string {
  if (row.assignment === "" || row.number === undefined) return ""
  const stem = row.attribute.replace(/\.\w+$/, "")
  const beside = all.find(({ source, number, attribute, vocabulary }) => {
    const same = source === row.source && number === row.number
    return same && vocabulary !== "" && attribute.startsWith(stem)
  })
  return beside?.vocabulary ?? ""
}

/** The codes of fields for which the guide forgets to say so. */
const forgotten: Readonly<Record<string, string>> = { "AIP-12": "FillerStatusCodes[Appointment]" }

/** The table of NDL leaves out that the places it numbers are the Locations of the role. */
function attributeOf(table: string, attribute: string): string {
  if (table !== "NDL[PractitionerRole]") return attribute
  return attribute.replace(/^\[(\d)\](.*)$/, "location[$1](Location$2)")
}

function parse(text: string): string[][] {
  return Papa.parse<string[]>(text.replace(/^\ufeff/, ""), { skipEmptyLines: true }).data
}
