import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Status } from "../../src/admin/index.ts"
import { cleanEnvironment } from "../environment.ts"
import { type Child, start } from "./child.ts"
import { openFolder } from "./disk.ts"

const pollMs = 50
/** A backlog of a hundred thousand may take a slow box so long. */
const patienceMs = 600_000

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

/** A folder in which a gateway can be started, again and again on the same data. */
export interface Place {
  /** The data folder. */
  readonly data: string
  start(): Promise<Gateway>
  remove(): void
}

/** What is otherwise than usual about a gateway. */
export interface Otherwise {
  /** They join its environment. */
  variables?: Readonly<Record<string, string>> | undefined
  /** The name of the FHIR server; 127.0.0.1 where left out. */
  host?: string
  /** More of the FHIR server's settings, in TOML. */
  settings?: string
}

/**
 * A place for a gateway on the project's own disk. With the port of a FHIR server every message is
 * owed to it; without, messages are kept and go nowhere.
 */
export function openPlace(sinkPort?: number, otherwise: Otherwise = {}): Place {
  const folder = openFolder()
  // A build that happens meanwhile takes the name away, but not the file.
  const program = join(folder, "waystation")
  linkSync(binary, program)
  const config = join(folder, "waystation.toml")
  const data = join(folder, "data")
  writeFileSync(config, configuration(sinkPort, otherwise))
  return {
    data,
    async start() {
      const command = [program, "run", "--config", config, "--data", data]
      const isReady = ({ event }: Record<string, unknown>) => event === "ready"
      const variables = { ...serviceEnvironment(), ...otherwise.variables }
      const child = await start(command, "stderr", isReady, variables)
      const { sources, admin } = child.said as { sources: { lab: string }; admin: string }
      const headers = { authorization: `Bearer ${tokenIn(data)}` }
      return {
        ...child,
        port: Number(sources.lab.split(":").at(-1)),
        async status() {
          const answer = await fetch(`${admin}/api/v1/status`, { headers })
          if (!answer.ok) throw new Error(`status answered ${answer.status}`)
          return (await answer.json()) as Status
        },
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Resolves when everything acknowledged was delivered. */
export async function untilNothingIsPending(gateway: Gateway): Promise<void> {
  const stopAt = performance.now() + patienceMs
  while (performance.now() < stopAt) {
    const { destinations, journal } = await gateway.status()
    if (destinations.central?.pending === 0 && journal.unfollowed === 0) return
    await Bun.sleep(pollMs)
  }
  throw new Error(`the backlog is still there after ${patienceMs / 1000} s`)
}

/** What the service has in its environment, which is how clinics run it. */
function serviceEnvironment(): Record<string, string> {
  const unit = readFileSync(join(import.meta.dir, "../../systemd/waystation.service"), "utf8")
  const set = unit.matchAll(/^Environment=(\w+)=(.*)$/gm)
  return Object.fromEntries([...set].map(([, name = "", value = ""]) => [name, value]))
}

function tokenIn(data: string): string {
  return readFileSync(join(data, "admin-token"), "latin1").trim()
}

function configuration(
  sinkPort: number | undefined,
  { host = "127.0.0.1", settings = "" }: Otherwise,
): string {
  const central = `
[destination.central]
kind = "fhir"
url = "http://${host}:${sinkPort}/fhir"
${settings}

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
