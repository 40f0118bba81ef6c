import { restoreBackup, StoreProblem } from "../store/index.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"

const help = `usage: waystation restore --from FILE --data DIR

Puts a backup into a data folder that is empty or not there yet; nothing is ever overwritten. The
gateway must not run on it. Every destination is paused then, since what was delivered after the
backup may be sent again: start the gateway, see what waits, and resume them one by one.

  --from FILE  what backup made
  --data DIR   where the gateway will run, as in run --data

Exit codes: 0 restored, 1 it could not be, 64 wrong arguments.`

export const restore: Command = {
  summary: "put a backup into an empty data folder",
  help,
  async run(args) {
    const options = { from: { type: "string" }, data: { type: "string" } } as const
    const { from, data } = argumentsOf(args, options).values
    if (from === undefined) throw new UsageProblem("--from FILE is missing")
    if (data === undefined) throw new UsageProblem("--data DIR is missing")
    try {
      const { madeAt, messages, destinations } = restoreBackup(from, data, Date.now())
      const paused = Object.entries(destinations).map(
        ([name, pending]) => `  ${name}: paused, ${pending} pending`,
      )
      await print(
        [
          `${data} holds ${messages} messages as they were on ${madeAt}.`,
          ...paused,
          "What was delivered after that moment may be sent again, and what came in after it is",
          "not here: senders that still have it should send it again. Then resume each",
          "destination.",
          "Do not start the old data folder again beside it: both would deliver as one box.",
        ].join("\n"),
      )
      return 0
    } catch (error) {
      if (!(error instanceof StoreProblem)) throw error
      process.stderr.write(`waystation restore: ${error.message}\n`)
      return 1
    }
  },
}
