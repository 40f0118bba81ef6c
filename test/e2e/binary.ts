import { afterAll } from "bun:test"
import { copyFileSync, existsSync, linkSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Status } from "../../src/admin/index.ts"
import { temporaryFolder } from "../build.ts"

const built = resolve(import.meta.dir, "../../dist/waystation")
let copied: string | undefined

/**
 * The built binary, linked into a folder where nothing of the project can be seen: what it read
 * from node_modules at run time would be missing there.
 */
export function binary(): string {
  if (!existsSync(built)) throw new Error("dist/waystation is missing: run `npm run build` first")
  if (copied === undefined) {
    copied = join(temporaryFolder(), "waystation")
    try {
      linkSync(built, copied)
    } catch {
      // Another file system: a copy keeps the permissions.
      copyFileSync(built, copied)
    }
  }
  return copied
}

/** A configuration with one MLLP source on any free port, and these destinations. */
export function configuration(destination: string, more = ""): string {
  return `
[site]
id = "test-clinic"
timezone = "Africa/Nairobi"
[admin]
port = 0
[source.lab]
kind = "mllp"
host = "127.0.0.1"
port = 0
[destination.central]
kind = "fhir"
url = "${destination}"
timeout = "5s"
${more}
[[route]]
from = ["lab"]
to = ["central"]
`
}

export interface Running {
  readonly pid: number
  /** The port senders reach it on. */
  readonly port: number
  readonly admin: string
  /** Where senders reach each source. */
  readonly sources: Readonly<Record<string, string>>
  /** What the admin API asks for. */
  readonly headers: { authorization: string }
  /** Every event it logged so far. */
  readonly events: readonly Record<string, unknown>[]
  status(): Promise<Status>
  /** Asks for the status until `holds` says yes. */
  until(holds: (status: Status) => boolean): Promise<Status>
  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  stop(signal?: "SIGTERM" | "SIGKILL" | "SIGINT"): Promise<number | string>
}

/** Far beyond what any test needs; one that gets here has found something. */
const untilMs = 30_000

const running = new Set<Bun.Subprocess>()

afterAll(() => {
  for (const child of running) child.kill("SIGKILL")
})

/** Starts the binary in `folder` and resolves when it says that it is ready. */
export async function start(
  folder: string,
  { config, args = [], wrapper = [] }: { config?: string; args?: string[]; wrapper?: string[] },
): Promise<Running> {
  if (config !== undefined) await Bun.write(join(folder, "waystation.toml"), config)
  const chosen = config === undefined ? [] : ["--config", "waystation.toml"]
  const child = Bun.spawn([...wrapper, binary(), "run", ...chosen, ...args], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "ignore", "pipe"],
  })
  running.add(child)
  child.exited.then(() => running.delete(child))
  const events: Record<string, unknown>[] = []
  const ready = await readyOf(child, events)
  const { sources, admin, data } = ready as {
    sources: Record<string, string>
    admin: string
    data: string
  }
  // What a wrapper mounted is seen by the process alone, and by others through this.
  const root = wrapper.length > 0 ? `/proc/${child.pid}/root` : ""
  const token = readFileSync(join(root, resolve(folder, data), "admin-token"), "utf8").trim()
  const headers = { authorization: `Bearer ${token}` }
  const status = async () =>
    (await fetch(`${admin}/api/v1/status`, { headers })).json() as Promise<Status>
  return {
    pid: child.pid,
    port: Number(sources.lab?.split(":").at(-1)),
    admin,
    sources,
    headers,
    events,
    status,
    async until(holds) {
      const giveUpAt = performance.now() + untilMs
      for (;;) {
        const now = await status()
        if (holds(now)) return now
        if (performance.now() > giveUpAt) throw new Error(`still so: ${JSON.stringify(now)}`)
        await Bun.sleep(20)
      }
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal)
      await child.exited
      return child.signalCode ?? child.exitCode ?? "unknown"
    },
  }
}

/** Reads the log as it comes; resolves with the line that says ready. */
function readyOf(
  child: Bun.Subprocess<"ignore", "ignore", "pipe">,
  events: Record<string, unknown>[],
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    void (async () => {
      let rest = ""
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) {
          const event = JSON.parse(line) as Record<string, unknown>
          events.push(event)
          if (event.event === "ready") resolve(event)
        }
      }
      reject(new Error(`it ended before it was ready: ${JSON.stringify(events)} ${rest}`))
    })()
  })
}
