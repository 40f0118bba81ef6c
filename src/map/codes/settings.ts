import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import * as v from "valibot"
import { readCsv } from "./csv.ts"
import { type CodedField, codedFields } from "./fields.ts"
import { type CodeRow, codeRow, rowKey } from "./row.ts"

/** A `[codeMap.NAME]` section, its file read. */
export interface CodeMapConfig {
  field: CodedField[]
  /** The sources whose messages it is for; left out, all of them. */
  from?: string[] | undefined
  onUnknown: "pass" | "hold"
  row: CodeRow[]
}

/** What the sections of a configuration are read with. */
export interface Within {
  /** What the path of a file is relative to. */
  folder: string
  /** The names of the configuration's sources. */
  sources: readonly string[]
}

const fields = Object.keys(codedFields) as CodedField[]
/** So many bad lines of a file are listed; thousands would hide what else is wrong. */
const listedMax = 100

const keys = {
  field: v.pipe(
    v.array(
      v.picklist(
        fields,
        `must be one of the fields that codes are read from: ${fields.join(", ")}`,
      ),
      'must be a list of fields, such as ["OBX-3"]',
    ),
    v.minLength(1, 'must name at least one field, such as ["OBX-3"]'),
  ),
  onUnknown: v.optional(v.picklist(["pass", "hold"], 'must be "pass" or "hold"'), "pass"),
  file: v.optional(v.string("must be the path of a CSV file in quotes")),
  row: v.optional(v.array(codeRow, "must be written [[codeMap.NAME.row]]"), []),
}

/**
 * The schema of `[codeMap.NAME]`. It reads the section's file, so that what stands in it is a part
 * of the configuration: a changed file is a changed configuration.
 */
export function codeMapConfig({
  folder,
  sources,
}: Within): v.GenericSchema<unknown, CodeMapConfig> {
  const from = v.pipe(
    v.array(
      v.pipe(
        v.string("must be a name in quotes"),
        v.check((name) => sources.includes(name), `must be a source: ${sources.join(", ")}`),
      ),
      'must be a list of sources, such as ["lab"]',
    ),
    v.minLength(1, "must name at least one source; leave it out for all of them"),
  )
  return v.pipe(
    v.strictObject({ ...keys, from: v.optional(from) }),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      const { file, row, ...settings } = value
      const wrong = (row: CodeRow) => misplaced(row, value.field, value.from ?? sources)
      const read = file === undefined ? undefined : readFile(resolve(folder, file), wrong)
      const problems = read?.problems.map((problem) => `${file}:${problem}`) ?? []
      const inline = [...row.flatMap((one) => wrong(one) ?? []), ...repeated(row)]
      if (file !== undefined && row.length > 0)
        inline.push("stands beside a file: write one of them")
      for (const message of listed(problems)) addIssue(at("file", file, message))
      for (const message of listed(inline)) addIssue(at("row", row, message))
      return problems.length + inline.length > 0 ? NEVER : { ...settings, row: read?.rows ?? row }
    }),
  )
}

/** What is wrong with the sections beside one another: two that answer for the same codes. */
export function codeMapProblems(
  codeMaps: Readonly<Record<string, CodeMapConfig>>,
  sources: readonly string[],
): string[] {
  const taken = new Map<string, string>()
  const problems = Object.hasOwn(codeMaps, "unmapped")
    ? ["codeMap.unmapped: this is what the list of unmapped codes is called; take another name"]
    : []
  for (const [name, { field: fields, from = sources }] of Object.entries(codeMaps)) {
    for (const field of fields) {
      const keys = from.map((source) => `${source} ${field}`)
      const other = keys.map((key) => taken.get(key)).find((one) => one !== undefined)
      if (other) problems.push(`codeMap.${name}.field: ${field} is codeMap.${other}'s already`)
      for (const key of keys) taken.set(key, name)
    }
  }
  return problems
}

function readFile(path: string, wrong: (row: CodeRow) => string | undefined) {
  try {
    return readCsv(readFileSync(path), wrong)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === "ENOENT" ? `there is no ${path}` : message
    return { rows: [], problems: [` can't be read: ${why}`] }
  }
}

/** Why a row can never apply; undefined where it can. */
function misplaced(
  { source, field, code }: CodeRow,
  fields: readonly string[],
  sources: readonly string[],
): string | undefined {
  if (field !== "" && !fields.includes(field)) {
    return `code ${code}: field ${field} is not among this code map's: ${fields.join(", ")}`
  }
  if (source !== "" && !sources.includes(source)) {
    return `code ${code}: source ${source} is not among this code map's: ${sources.join(", ")}`
  }
  return undefined
}

function repeated(rows: readonly CodeRow[]): string[] {
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    const key = rowKey(row)
    if (seen.has(key)) return [`code ${row.code} stands there twice`]
    seen.add(key)
    return []
  })
}

function listed(problems: readonly string[]): string[] {
  const more = problems.length - listedMax
  return more > 0 ? [...problems.slice(0, listedMax), `and ${more} more`] : [...problems]
}

function at(key: string, value: unknown, message: string) {
  const path = { type: "object", origin: "value", input: {}, key, value } as const
  return { message, path: [path] as [typeof path] }
}
