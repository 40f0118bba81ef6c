import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Status } from "../../src/admin/index.ts"
import { cleanEnvironment } from "../environment.ts"
import { type Child, start } from "./child.ts"
import { openFolder } from "./disk.ts"

const binary = resolve(import.meta.dir, "../../dist/waystation")

/** The binary's name, version and commit, as it says them itself. */
export function binaryVersion(): string {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: npm run build`)
  return Bun.spawnSync([binary, "--version"], { env: cleanEnvironment() }).stdout.toString().trim()
}

/** The binary at work on a data folder of its own. */
export interface Gateway extends Child {
  /** The MLLP port. */
  port: number
  status(): Promise<Status>
}

/**
 * A place for a gateway on the project's own disk. With the port of a FHIR server every message is
 * owed to it; without, messages are kept and go nowhere.
 */
export function openPlace(sinkPort?: number): { start(): Promise<Gateway>; remove(): void } {
  const folder = openFolder()
  // A build that happens meanwhile takes the name away, but not the file.
  const program = join(folder, "waystation")
  linkSync(binary, program)
  const config = join(folder, "waystation.toml")
  const data = join(folder, "data")
  writeFileSync(config, configuration(sinkPort))
  return {
    async start() {
      const command = [program, "run", "--config", config, "--data", data]
      const child = await start(command, "stderr", ({ event }) => event === "ready")
      const { sources, admin } = child.said as { sources: { lab: string }; admin: string }
      const token = readFileSync(join(data, "admin-token"), "utf8").trim()
      const headers = { authorization: `Bearer ${token}` }
      return {
        ...child,
        port: Number(sources.lab.split(":").at(-1)),
        async status() {
          return (await (await fetch(`${admin}/api/v1/status`, { headers })).json()) as Status
        },
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function configuration(sinkPort: number | undefined): string {
  const central = `
[destination.central]
kind = "fhir"
url = "http://127.0.0.1:${sinkPort}/fhir"

[[route]]
from = ["lab"]
to = ["central"]
`
  return `
[site]
id = "bench"

[admin]
port = 0

[source.lab]
kind = "mllp"
host = "127.0.0.1"
port = 0
${sinkPort === undefined ? "" : central}`
}
