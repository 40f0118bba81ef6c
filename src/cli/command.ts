import { type ParseArgsConfig, parseArgs } from "node:util"

/** One word of the command line. */
export interface Command {
  /** One line for the list of commands. */
  summary: string
  /** What `--help` prints: usage, options, exit codes. */
  help: string
  /** Resolves with the exit code. Throws UsageProblem for arguments it does not take. */
  run(args: readonly string[]): Promise<number>
}

/** What a command answers to arguments it does not take; the exit code is 64 (sysexits). */
export class UsageProblem extends Error {
  override name = "UsageProblem"
}

/** Parses a command's arguments strictly: an unknown option is a UsageProblem. */
export function argumentsOf<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true })
  } catch (error) {
    throw new UsageProblem((error as Error).message.split(". ")[0])
  }
}

/** What a command that reads messages takes, for who named something else. */
export const filesTaken = "name files with HL7 v2 messages in them, or - for standard input"

/** Writes text for people and waits until it is out: a pipe may take it slowly. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) =>
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve())),
  )
}
