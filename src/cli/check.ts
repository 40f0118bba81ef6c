import { parseConfig, readConfig, StartProblem } from "../config.ts"
import { destinations } from "../destination/index.ts"
import { sources } from "../source/index.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"

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
      const config = parseConfig(await readConfig(values.config), { sources, destinations })
      const counted = [
        `${Object.keys(config.source).length} sources`,
        `${Object.keys(config.destination).length} destinations`,
        `${config.route.length} routes`,
      ]
      await print(`${values.config} holds: site ${config.site.id}, ${counted.join(", ")}`)
      return 0
    } catch (error) {
      if (!(error instanceof StartProblem)) throw error
      process.stderr.write(`${error.problems.join("\n")}\n`)
      return 1
    }
  },
}
