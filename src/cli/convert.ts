import { dirname } from "node:path"
import type { Bundle } from "fhir/r4"
import { embeddedDefault, parseConfig, StartProblem } from "../config.ts"
import { readConfig } from "../config-file.ts"
import { destinations } from "../destination/index.ts"
import { preflight } from "../fhir/preflight.ts"
import { readHead, typeOf } from "../hl7/head.ts"
import { splitMessages } from "../hl7/split.ts"
import { type Explained, explain, mapMessage, maps, openCodeMaps } from "../map/index.ts"
import type { CodeMaps, Unmapped } from "../mapping.ts"
import type { Issue, Message, SourceSettings } from "../message.ts"
import { sources } from "../source/index.ts"
import { whyUnreadable } from "../unreadable.ts"
import { argumentsOf, type Command, filesTaken, print, UsageProblem } from "./command.ts"
import { explainedText } from "./explained.ts"

const help = `usage: waystation convert [--config FILE] [--source NAME] [--ndjson] [--explain] FILE…

Turns the HL7 v2 messages in the files into FHIR Bundles, offline, and prints them. The file - is
standard input. Bytes are read as a source reads them: MLLP frames or bare messages.

A Bundle that preflight finds something wrong with would be held, not sent: that is a problem too.

  --config FILE  whose site, source and code maps to use; the demonstration's where left out
  --source NAME  which source of that configuration the messages come from (its first)
  --ndjson       one line a message: {"file","bundle"} or {"file","problem"}
  --explain      not the Bundle, but where in it each field of the message went, or that it was
                 left out and why; with --ndjson {"file","explained"}. Each field takes a mapping

Exit codes: 0 all converted, 2 some did not, 1 the configuration does not hold,
64 wrong arguments.`

/** What a file came to, for one message in it. */
type Converted = { file: string } & (
  | { bundle: Bundle; notes: readonly string[]; unmapped: readonly Unmapped[] }
  | { explained: readonly Explained[] }
  | { problem: string }
)

export const convert: Command = {
  summary: "v2 to FHIR, offline",
  help,
  async run(args) {
    const options = {
      config: { type: "string" },
      source: { type: "string" },
      ndjson: { type: "boolean" },
      explain: { type: "boolean" },
    } as const
    const { values, positionals } = argumentsOf(args, options, true)
    if (positionals.length === 0) throw new UsageProblem("a FILE is missing, or - for stdin")
    let settings: Settings
    try {
      settings = await settingsOf(values.config, values.source)
    } catch (error) {
      if (!(error instanceof StartProblem)) throw error
      process.stderr.write(`${error.problems.join("\n")}\n`)
      return 1
    }
    let failed = 0
    for (const file of positionals) {
      for (const one of await convertFile(file, {
        ...settings,
        explaining: values.explain ?? false,
      })) {
        if ("problem" in one) failed++
        else if ("bundle" in one) warn(one)
        await (values.ndjson ? printLine(one) : printBundle(one))
      }
    }
    return failed === 0 ? 0 : 2
  },
}

interface Settings {
  site: Parameters<typeof mapMessage>[2]["site"]
  source: SourceSettings
  name: string
  codeMaps: CodeMaps | undefined
}

interface Asked extends Settings {
  /** Where each field went is asked for, and not the Bundle. */
  explaining: boolean
}

async function settingsOf(path: string | undefined, name: string | undefined): Promise<Settings> {
  const input = path === undefined ? embeddedDefault : await readConfig(path)
  const folder = path === undefined ? "." : dirname(path)
  const config = parseConfig(input, { sources, destinations }, folder)
  const known = Object.keys(config.source)
  const chosen = name ?? known[0] ?? ""
  if (name !== undefined && !known.includes(name)) {
    throw new StartProblem([
      `--source ${name}: the configuration has ${known.join(", ") || "none"}`,
    ])
  }
  const codeMaps = openCodeMaps(config.codeMap)
  return { site: config.site, source: config.source[chosen] ?? {}, name: chosen, codeMaps }
}

async function convertFile(file: string, settings: Asked): Promise<Converted[]> {
  let bytes: Uint8Array
  try {
    bytes = file === "-" ? await Bun.stdin.bytes() : await Bun.file(file).bytes()
  } catch (error) {
    return [{ file, problem: `can't be read: ${whyUnreadable(error)}; ${filesTaken}` }]
  }
  return splitMessages(bytes).map((one) => ({ file, ...convertMessage(one, settings) }))
}

function convertMessage(bytes: Uint8Array, { explaining, ...settings }: Asked) {
  const { site, source, name, codeMaps } = settings
  const { read, header } = readHead(bytes, source)
  const message: Message = {
    id: 0,
    source: name,
    peer: "file",
    receivedAt: Date.now(),
    type: "",
    bytes,
  }
  if ("head" in read) message.type = read.head.type
  // Offline nobody waits for an acknowledgement, so a missing control id is no reason to refuse.
  else if (read.malformed.location !== "MSH^1^10") return { problem: read.malformed.reason }
  else if (header) message.type = typeOf(header)
  const map = (one: Message) => mapMessage(maps, one, { site, source, known: [], codeMaps })
  if (explaining) {
    const explained = explain(message, { site: site.id, source, map })
    return typeof explained === "string" ? { problem: explained } : { explained }
  }
  const mapped = map(message)
  if ("problem" in mapped) return mapped
  const issues = preflight(mapped.bundle)
  if (issues.length > 0) return { problem: wouldBeHeld(issues) }
  const notes = "head" in read ? mapped.notes : [read.malformed.reason, ...mapped.notes]
  return { bundle: mapped.bundle, notes, unmapped: mapped.unmapped ?? [] }
}

/** All of what preflight finds, each with where in the Bundle it is. */
function wouldBeHeld(issues: readonly Issue[]): string {
  const found = issues.map(({ text, expression }) => `${text} (${expression})`)
  return `would be held, not sent: ${found.join("; ")}`
}

function printLine(converted: Converted): Promise<void> {
  const { file } = converted
  const line = "bundle" in converted ? { file, bundle: converted.bundle } : converted
  return print(JSON.stringify(line))
}

/** The Bundle goes to stdout for a program; why there is none, to stderr for a person. */
async function printBundle(converted: Converted): Promise<void> {
  if ("explained" in converted) await print(explainedText(converted.file, converted.explained))
  else if ("bundle" in converted) await print(JSON.stringify(converted.bundle, null, 2))
  else process.stderr.write(`${converted.file}: ${converted.problem}\n`)
}

/** What was dropped or doubted on the way is for a person, whatever stdout is for. */
function warn({ file, notes, unmapped }: Extract<Converted, { bundle: Bundle }>): void {
  for (const note of notes) process.stderr.write(`${file}: ${note}\n`)
  for (const { codeMap, field, code, display } of unmapped) {
    const meaning = display === "" ? "" : ` (${display})`
    process.stderr.write(`${file}: ${field} ${code}${meaning} is not in code map ${codeMap}\n`)
  }
}
