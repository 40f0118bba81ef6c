import { statSync } from "node:fs"
import { StoreProblem, verifyBackup, verifyFolder } from "../store/index.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"

const help = `usage: waystation verify DIR | FILE

Reads a data folder, or a file that backup made, from end to end and says whether it is whole. The
gateway must not run on the folder. Nothing is changed.

Exit codes: 0 whole, 1 damaged or not to be read, 64 wrong arguments.`

export const verify: Command = {
  summary: "is this data folder, or this backup, whole?",
  help,
  async run(args) {
    const [path, ...more] = argumentsOf(args, {}, true).positionals
    if (path === undefined || more.length > 0) throw new UsageProblem("one DIR or FILE is needed")
    try {
      await print(`${path} is whole: ${describe(path)}`)
      return 0
    } catch (error) {
      if (!(error instanceof StoreProblem)) throw error
      process.stderr.write(`waystation verify: ${error.message}\n`)
      return 1
    }
  },
}

function describe(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false })
  if (!there) throw new StoreProblem(`there is no ${path}; name a data folder, or a backup's file`)
  if (!there.isDirectory()) {
    return `a backup as of ${verifyBackup(path).madeAt}`
  }
  const { messages, pending, held } = verifyFolder(path)
  return `${messages} messages, ${pending} deliveries pending, ${held} held`
}
