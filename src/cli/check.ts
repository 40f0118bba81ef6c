import { dirname } from "node:path"
import { type Config, parseConfig, StartProblem } from "../config.ts"
import { readConfig } from "../config-file.ts"
import { destinations } from "../destination/index.ts"
import { sources } from "../source/index.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"
import { counted } from "./table.ts"

const help = `usage: waystation check --config FILE

Reads a configuration as run does, and lists everything that is wrong with it. Opens no port and
touches no data.

Exit codes: 0 the configuration holds, 1 it does not, 64 wrong arguments.`

export const check: Command = {
  summary: "is this configuration right?",
  help,
  async run(args) {
    const { values } = argumentsOf(args, { config: { type: "string" } })
    if (values.config === undefined) throw new UsageProblem("--config FILE is missing")
    try {
      const config = parseConfig(
        await readConfig(values.config),
        { sources, destinations },
        dirname(values.config),
      )
      const parts = [
        counted(Object.keys(config.source).length, "source", "sources"),
        counted(Object.keys(config.destination).length, "destination", "destinations"),
        counted(config.route.length, "route", "routes"),
        ...codesIn(config),
      ]
      await print(`${values.config} holds: site ${config.site.id}, ${parts.join(", ")}`)
      return 0
    } catch (error) {
      if (!(error instanceof StartProblem)) throw error
      process.stderr.write(`${error.problems.join("\n")}\n`)
      return 1
    }
  },
}

/** A code map that is empty by mistake looks right otherwise. */
function codesIn({ codeMap }: Config): string[] {
  return Object.entries(codeMap).map(([name, { row }]) => {
    return `${counted(row.length, "code", "codes")} in ${name}`
  })
}
