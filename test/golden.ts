import { readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readCsv } from "../src/map/codes/csv.ts"
import { mapMessage, maps, openCodeMaps } from "../src/map/index.ts"
import type { CodeMaps, Mapped } from "../src/mapping.ts"
import type { SourceSettings } from "../src/message.ts"
import { context, message } from "./map/build.ts"

/**
 * The golden cases: one file each, in which stand, with a line of dashes between them,
 *
 *   1. what it is about, in lines that begin with #, and the message, a line a segment
 *   2. the Bundle it becomes, or the problem it is held for
 *   3. the notes for the trail, one a line
 *
 * A line `# source: {…}` gives the source its settings, and `# code map: {…}` its code map, whose
 * rows follow as CSV in lines that begin with `# |`. `npm run golden` shows what the maps make
 * otherwise now, and `npm run golden -- --write` writes parts 2 and 3 anew. Where that is another
 * Bundle for a message of old, the maps' version goes up (src/map/version.ts).
 */
export interface Golden {
  name: string
  /** Parts 1, 2 and 3 as they stand in the file. */
  about: string
  expected: string
  notes: string
}

const folder = join(import.meta.dir, "golden")
const dashes = "\n--------\n"

export async function goldens(): Promise<Golden[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"))
  return Promise.all(
    files.sort().map(async (file) => {
      const [about = "", expected = "", notes = ""] = (await read(file)).split(dashes)
      return { name: file.replace(".txt", ""), about, expected, notes: notes.trim() }
    }),
  )
}

/** Maps a case's message, at the site and time of every golden case. */
export function mapGolden({ about }: Pick<Golden, "about">): Mapped {
  const lines = about.split("\n")
  const settings = lines.find((line) => line.startsWith("# source: "))
  const source: SourceSettings = settings ? JSON.parse(settings.slice("# source: ".length)) : {}
  const segments = lines.filter((line) => line !== "" && !line.startsWith("#"))
  return mapMessage(maps, message(segments), context({ source, codeMaps: codeMapsIn(lines) }))
}

function codeMapsIn(lines: readonly string[]): CodeMaps | undefined {
  const settings = lines.find((line) => line.startsWith("# code map: "))
  if (settings === undefined) return undefined
  const csv = lines.filter((line) => line.startsWith("# | ")).map((line) => line.slice(4))
  const { rows, problems } = readCsv(Buffer.from(csv.join("\n")))
  if (problems.length > 0) throw new Error(problems.join("; "))
  const given = JSON.parse(settings.slice("# code map: ".length))
  return openCodeMaps({ "lab-tests": { onUnknown: "pass", row: rows, ...given } })
}

/** Parts 2 and 3 of what a message becomes. */
export function rendered(mapped: Mapped): { expected: string; notes: string } {
  if ("problem" in mapped) return { expected: JSON.stringify(mapped, null, 2), notes: "" }
  return { expected: JSON.stringify(mapped.bundle, null, 2), notes: mapped.notes.join("\n") }
}

async function read(file: string): Promise<string> {
  return Bun.file(join(folder, file)).text()
}

/** Shows what every case that changed was and is; writes it anew only where it is told to. */
async function compare(write: boolean): Promise<number> {
  let changed = 0
  for (const golden of await goldens()) {
    const { expected, notes } = rendered(mapGolden(golden))
    const text = `${[golden.about, expected, notes].join(dashes).trimEnd()}\n`
    const path = join(folder, `${golden.name}.txt`)
    if (text === (await Bun.file(path).text())) continue
    changed++
    await showDifference(path, text)
    if (write) await Bun.write(path, text)
  }
  if (changed === 0) console.log("every case becomes what its file says")
  else if (write) console.log(`${changed} written: read what git shows before it is committed`)
  else console.log(`${changed} differ; npm run golden -- --write writes them as they are now`)
  return write || changed === 0 ? 0 : 1
}

async function showDifference(path: string, text: string): Promise<void> {
  const now = join(tmpdir(), `golden-${process.pid}.txt`)
  await Bun.write(now, text)
  const color = process.stdout.isTTY ? "always" : "never"
  const command = ["git", "diff", "--no-index", `--color=${color}`, "--", path, now]
  await Bun.spawn(command, { stdout: "inherit" }).exited
  await Bun.file(now).delete()
}

if (import.meta.main) process.exit(await compare(process.argv.includes("--write")))
