import { backup } from "./cli/backup.ts"
import { check } from "./cli/check.ts"
import { codes } from "./cli/codes.ts"
import { type Command, print, UsageProblem } from "./cli/command.ts"
import { convert } from "./cli/convert.ts"
import { discard } from "./cli/discard.ts"
import { key } from "./cli/key.ts"
import { messages } from "./cli/messages.ts"
import { pause } from "./cli/pause.ts"
import { replay } from "./cli/replay.ts"
import { restore } from "./cli/restore.ts"
import { resume } from "./cli/resume.ts"
import { run } from "./cli/run.ts"
import { send } from "./cli/send.ts"
import { status } from "./cli/status.ts"
import { verify } from "./cli/verify.ts"
import { commit, version } from "./version.ts"

const commands: Readonly<Record<string, Command>> = {
  ...{ run, check, convert, send },
  ...{ status, messages, replay, discard, pause, resume, codes },
  ...{ backup, restore, verify, key },
}

const help = `Waystation takes HL7 v2 in, keeps it on disk, and delivers it as FHIR R4.

usage: waystation COMMAND [OPTION…]
       waystation --help | --version

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}

Each command explains itself: waystation COMMAND --help
Exit codes: 0 done, 1 failed, 2 converted only in part, 64 wrong arguments.`

process.exit(await main(process.argv.slice(2)))

async function main([word, ...args]: string[]): Promise<number> {
  if (word === "--version") {
    await print(`waystation ${version} (${commit})`)
    return 0
  }
  if (word === "--help" || word === "-h" || word === "help") {
    await print(help)
    return 0
  }
  const command = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined
  if (!command) {
    const said = word === undefined ? "a command is missing" : `there is no command ${word}`
    process.stderr.write(`waystation: ${said}\n\n${help}\n`)
    return 64
  }
  if (args.includes("--help") || args.includes("-h")) {
    await print(command.help)
    return 0
  }
  try {
    return await command.run(args)
  } catch (error) {
    // Whoever read the output has gone, as `head` does: end as the signal for it would (128 + 13).
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return 141
    if (!(error instanceof UsageProblem)) throw error
    // The whole help would scroll what is wrong off a terminal of 24 lines.
    const [usage] = command.help.split("\n\n")
    const more = `More: waystation ${word} --help`
    process.stderr.write(`waystation ${word}: ${error.message}\n\n${usage}\n\n${more}\n`)
    return 64
  }
}
