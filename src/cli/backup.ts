import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { StoreProblem, verifyBackup } from "../store/index.ts"
import { ApiProblem, apiHelp, apiOptions, askApi } from "./api.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"

const help = `usage: waystation backup --out FILE [--url URL] [--token-file FILE]

Makes a backup of a gateway while it runs: one file (tar) with its messages as they are at this
moment and the box's key, to be put back with restore. It holds patients' data, and whoever has it
can read all of it: keep it as you keep the box. The configuration file is not in it.

  --out FILE         where to; a file of that name is replaced once the new one is whole
${apiHelp}

Exit codes: 0 made, 1 it could not be, 64 wrong arguments.`

export const backup: Command = {
  summary: "copy a running gateway's messages into one file",
  help,
  async run(args) {
    const options = { ...apiOptions, out: { type: "string" } } as const
    const { values } = argumentsOf(args, options)
    const { out } = values
    if (out === undefined) throw new UsageProblem("--out FILE is missing")
    const unfit = unfitFor(out)
    if (unfit !== undefined) {
      process.stderr.write(`waystation backup: ${unfit}; no backup was made\n`)
      return 1
    }
    const part = `${out}.part`
    try {
      const response = await askApi(values, "POST", "backup")
      const size = await write(response, part)
      const { madeAt } = verifyBackup(part)
      renameSync(part, out)
      await print(
        `${out}: ${(size / 1024 ** 2).toFixed(1)} MiB, as of ${madeAt}. It holds patients' data ` +
          "and the box's key: keep it as you keep the box.",
      )
      return 0
    } catch (error) {
      if (!isExpected(error)) throw error
      process.stderr.write(`waystation backup: ${error.message}; no backup was made\n`)
      rmSync(part, { force: true })
      return 1
    }
  },
}

/** Why no backup can stand there. Taking the place of a device would break more than a backup. */
function unfitFor(out: string): string | undefined {
  const folder = dirname(out)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return `there is no folder ${folder}: is the disk mounted?`
  }
  const there = statSync(out, { throwIfNoEntry: false })
  if (there === undefined || there.isFile()) return undefined
  if (there.isDirectory()) return `${out} is a folder: name a file in it, as in --out clinic.tar`
  return `${out} is no file that can be replaced: name one, as in --out clinic.tar`
}

/** The gateway says no, the backup is not whole, or the file can't be written. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ApiProblem || error instanceof StoreProblem) return true
  return error instanceof Error && "code" in error
}

/** Writes what comes to a file that only this user may read; answers how much, once on the disk. */
async function write({ body }: Response, path: string): Promise<number> {
  rmSync(path, { force: true })
  const file = openSync(path, "wx", 0o600)
  let size = 0
  try {
    for await (const piece of body ?? []) size += writeSync(file, piece)
    fsyncSync(file)
    return size
  } finally {
    closeSync(file)
  }
}
