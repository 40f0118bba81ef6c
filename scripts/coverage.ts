/**
 * Counts how much of the HL7 v2-to-FHIR guide (1.0.0 STU 1, R4) the maps honour:
 *
 *   npm run coverage:maps -- FOLDER    the folder with the guide's segments, datatypes, codesystems
 *
 * `--only PRT,XCN`: the tables of these segments and data types alone.
 *
 * A row of the guide is honoured when the Bundle of a message that holds the row's field, and of
 * the same message without it, differ at the element the row names, and say there what the row
 * assigns. The others are listed, with the reason where there is one (coverage/reasons.ts).
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { carriersOf, honoursSegment, honoursType } from "./coverage/honoured.ts"
import { reasonFor } from "./coverage/reasons.ts"
import { type Guide, type Row, readCodes, readRows, readTypes } from "./coverage/tables.ts"

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" } },
})
const [folder] = positionals
if (folder === undefined) {
  console.error("usage: npm run coverage:maps -- <folder with the guide's tables> [--only PRT,XCN]")
  process.exit(64)
}
const only = options.only?.split(",")
const segments = await readRows(join(folder, "segments"))
const types = await readRows(join(folder, "datatypes"))
const guide = await readGuide(folder, [...segments, ...types])

const counted = segments.filter((row) => !isExcluded(row))
const sums = [report("segments", segments, counted, (row) => honoursSegment(row, guide))]

const carriers = new Map(
  types.map(({ table }) => [
    table,
    carriersOf(
      table,
      counted,
      types.filter((row) => !isExcluded(row)),
    ),
  ]),
)
const carried = types.filter((row) => !isExcluded(row) && carriers.get(row.table)?.length !== 0)
sums.push(
  report("data types", types, carried, (row) =>
    honoursType(row, carriers.get(row.table) ?? [], guide),
  ),
)
if (only === undefined) {
  const honoured = sums.reduce((sum, one) => sum + one.honoured, 0)
  const all = sums.reduce((sum, one) => sum + one.counted, 0)
  const left = sums.reduce((sum, one) => sum + one.counted - one.reasoned, 0)
  console.log(`together: ${share(honoured, all)} of all counted rows honoured`)
  console.log(`          ${share(honoured, left)} of those that no reason excludes`)
}

/**
 * No transaction has a MessageHeader or is a message Bundle; Basic and EpisodeOfCare stand for what
 * R4 has no resource for, or no message of v2 tells the whole of.
 */
function isExcluded({ target, attribute }: Row): boolean {
  return (
    ["MessageHeader", "Bundle", "Basic", "EpisodeOfCare"].some((type) => target.startsWith(type)) ||
    attribute.includes("EpisodeOfCare")
  )
}

/** Says of each table how many of its rows are honoured, and which are not; then the sum. */
function report(
  what: string,
  all: readonly Row[],
  rows: readonly Row[],
  isHonoured: (row: Row) => boolean,
) {
  const counted = rows.filter(({ table }) => only?.includes(/^\w+/.exec(table)?.[0] ?? "") ?? true)
  let honoured = 0
  let reasoned = 0
  for (const [table, rows] of Map.groupBy(counted, (row) => row.table)) {
    const missing = rows.filter((row) => !isHonoured(row))
    honoured += rows.length - missing.length
    console.log(`${table.padEnd(44)} ${rows.length - missing.length} of ${rows.length}`)
    for (const row of missing) {
      const reason = reasonFor(row)
      if (reason !== undefined) reasoned++
      const field = row.number === undefined ? row.source : `${row.source}-${row.number}`
      const when = row.condition === "" ? "" : ` (${row.condition})`
      console.log(`    ${field} ${row.attribute}${when}: ${reason ?? "not yet"}`)
    }
  }
  const left = counted.length - honoured
  console.log(`\n${what}: ${share(honoured, counted.length)} rows honoured`)
  console.log(`  ${left} not: ${reasoned} for a reason, ${left - reasoned} not yet`)
  console.log(`  ${share(honoured, counted.length - reasoned)} of those no reason excludes`)
  if (only === undefined) {
    const aside = new Set(all.filter((row) => !counted.includes(row)).map((row) => row.table))
    console.log(`  ${all.length - counted.length} rows aside: ${[...aside].join(", ")}\n`)
  }
  return { honoured, reasoned, counted: counted.length }
}

function share(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / Math.max(whole, 1)).toFixed(1)} %)`
}

async function readGuide(folder: string, rows: readonly Row[]): Promise<Guide> {
  const names = [...new Set(rows.map(({ vocabulary }) => vocabulary).filter((name) => name !== ""))]
  const read = names.map(async (name) => {
    return [name, await readCodes(join(folder, "codesystems"), name)] as const
  })
  const codes = new Map(await Promise.all(read))
  const types = new Map([
    ...(await readTypes(join(folder, "segments"))),
    ...(await readTypes(join(folder, "datatypes"))),
  ])
  return {
    codes: (name) => codes.get(name) ?? [],
    typeOf: (source, number) => types.get(`${source}-${number}`) || "ST",
  }
}
