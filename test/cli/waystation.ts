import { join, resolve } from "node:path"

export const root = resolve(import.meta.dir, "../..")

/** The command line as a person starts it, from the sources. */
export const command = [process.execPath, join(root, "src/main.ts")]

/** What a run came to. */
export interface Run {
  code: number
  stdout: string
  stderr: string
}

/** What a run finds around it. */
interface Around {
  stdin?: string | Uint8Array
  cwd?: string
  env?: Record<string, string>
}

/** Runs `waystation` to its end, in a folder where given, with this on standard input. */
export async function waystation(
  args: readonly string[],
  { stdin = "", cwd = root, env = {} }: Around = {},
): Promise<Run> {
  const child = Bun.spawn([...command, ...args], {
    cwd,
    stdin: Buffer.from(stdin as string),
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, STATE_DIRECTORY: "", NOTIFY_SOCKET: "", ...env },
  })
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}
