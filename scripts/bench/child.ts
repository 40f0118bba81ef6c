import { readFileSync } from "node:fs"
import { join } from "node:path"
import { cleanEnvironment } from "../environment.ts"

/** A process of the benchmark that said it is ready. */
export interface Child {
  pid: number
  /** The JSON line that said so. */
  said: Record<string, unknown>
  /** From its spawn to that line. */
  startMs: number
  /** Resident memory now; NaN where there is no /proc. */
  residentMb(): number
  /** Ends it by this signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

const running = new Set<Bun.Subprocess>()

// A benchmark that breaks off takes its processes along.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/** Starts a script of this folder, which says it is ready by its first line on stdout. */
export function startScript(name: string, ...args: string[]): Promise<Child> {
  return start([process.execPath, join(import.meta.dir, name), ...args], "stdout", () => true)
}

/** Starts a command, and resolves at the first JSON line on that stream that `isReady` takes. */
export async function start(
  command: string[],
  stream: "stdout" | "stderr",
  isReady: (line: Record<string, unknown>) => boolean,
): Promise<Child> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, {
    env: cleanEnvironment(),
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
      else if (json.event === "not-started") reject(new Error(line))
    })
    reading.then(() => reject(new Error(`${command[0]} ended before it was ready`)), reject)
  })
  return {
    pid: child.pid,
    said,
    startMs: performance.now() - startedAt,
    residentMb: () => residentMb(child.pid),
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

function residentMb(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return Number(kib) / 1024
  } catch {
    return Number.NaN
  }
}
