import { join } from "node:path"
import { cleanEnvironment } from "../environment.ts"

/** A process of the benchmark that said it is ready. */
export interface Child {
  pid: number
  /** The JSON line that said so. */
  said: Record<string, unknown>
  /** From its spawn to that line. */
  startMs: number
  /** Resolves when it is gone. */
  exited: Promise<unknown>
  /** Ends it by this signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** What a process says that never will be ready. */
const failures: readonly unknown[] = ["not-started", "failed"]

type IsReady = (line: Record<string, unknown>) => boolean

const running = new Set<Bun.Subprocess>()

// A benchmark that breaks off takes its processes along. Where it is killed, the kernel does so.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(1))
}
const setpriv = Bun.which("setpriv")
const dyingWithUs = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL"]

/** Starts a script of this folder; by default its first line on stdout says that it is ready. */
export function startScript(
  name: string,
  args: readonly string[] = [],
  isReady: IsReady = () => true,
): Promise<Child> {
  return start([process.execPath, join(import.meta.dir, name), ...args], "stdout", isReady)
}

/**
 * Starts a command, with `variables` in its environment, and resolves at the first JSON line on
 * that stream that `isReady` takes; it sees every line before.
 */
export async function start(
  command: readonly string[],
  stream: "stdout" | "stderr",
  isReady: IsReady,
  variables: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const startedAt = performance.now()
  const child = Bun.spawn([...dyingWithUs, ...command], {
    env: { ...cleanEnvironment(), ...variables },
    stdin: "ignore",
    stdout: stream === "stdout" ? "pipe" : "ignore",
    stderr: stream === "stderr" ? "pipe" : "inherit",
  })
  running.add(child)
  child.exited.then(() => running.delete(child))
  const output = child[stream] as ReadableStream<Uint8Array<ArrayBuffer>>
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    // Read to its end also when nobody listens any more, or the child would stop at a full pipe.
    const reading = eachLine(output, (line) => {
      const json = JSON.parse(line)
      if (isReady(json)) resolve(json)
      else if (failures.includes(json.event)) reject(new Error(line))
    })
    reading.then(() => reject(new Error(`${command[0]} ended before it was ready`)), reject)
  })
  return {
    pid: child.pid,
    said,
    startMs: performance.now() - startedAt,
    exited: child.exited,
    async end(signal) {
      child.kill(signal)
      await child.exited
    },
  }
}

async function eachLine(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = ""
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) take(line)
  }
}
