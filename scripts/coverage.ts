/**
 * Counts how much of the HL7 v2-to-FHIR guide (1.0.0 STU 1, R4) the maps honour:
 *
 *   npm run coverage:maps -- FOLDER    the folder with the guide's segments, datatypes, codesystems
 *
 * A row of the guide is honoured when the Bundle of a message that holds the row's field, and of
 * the same message without it, differ at the element the row names, and say there what the row
 * assigns. The others are listed, with the reason where there is one (coverage/reasons.ts).
 */
import { join } from "node:path"
import { carriersOf, honoursSegment, honoursType } from "./coverage/honoured.ts"
import { reasonFor } from "./coverage/reasons.ts"
import { type Row, readCodes, readRows } from "./coverage/tables.ts"

const folder = process.argv[2]
if (folder === undefined) {
  console.error("usage: npm run coverage:maps -- <folder with the guide's mapping tables>")
  process.exit(64)
}
const segments = await readRows(join(folder, "segments"))
const types = await readRows(join(folder, "datatypes"))
const codes = await codesOf([...segments, ...types])

const counted = segments.filter((row) => !isExcluded(row))
report("segments", segments, counted, (row) => honoursSegment(row, codes))

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
report("data types", types, carried, (row) =>
  honoursType(row, carriers.get(row.table) ?? [], codes),
)

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
  counted: readonly Row[],
  isHonoured: (row: Row) => boolean,
) {
  let sum = 0
  let reasoned = 0
  for (const [table, rows] of Map.groupBy(counted, (row) => row.table)) {
    const missing = rows.filter((row) => !isHonoured(row))
    sum += rows.length - missing.length
    console.log(`${table.padEnd(44)} ${rows.length - missing.length} of ${rows.length}`)
    for (const row of missing) {
      const reason = reasonFor(row)
      if (reason !== undefined) reasoned++
      const field = row.number === undefined ? row.source : `${row.source}-${row.number}`
      const when = row.condition === "" ? "" : ` (${row.condition})`
      console.log(`    ${field} ${row.attribute}${when}: ${reason ?? "not yet"}`)
    }
  }
  const left = counted.length - sum
  const share = ((100 * sum) / counted.length).toFixed(1)
  console.log(`\n${what}: ${sum} of ${counted.length} rows honoured, ${share} %`)
  console.log(`  ${left} not: ${reasoned} for a reason, ${left - reasoned} not yet`)
  const aside = new Set(all.filter((row) => !counted.includes(row)).map((row) => row.table))
  console.log(`  ${all.length - counted.length} rows aside: ${[...aside].join(", ")}\n`)
}

async function codesOf(rows: readonly Row[]) {
  const names = [...new Set(rows.map(({ vocabulary }) => vocabulary).filter((name) => name !== ""))]
  const read = names.map(async (name) => {
    return [name, await readCodes(join(String(folder), "codesystems"), name)] as const
  })
  const found = new Map(await Promise.all(read))
  return (name: string) => found.get(name) ?? []
}
