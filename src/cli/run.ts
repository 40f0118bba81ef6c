import { dirname, join } from "node:path"
import { embeddedDefault, StartProblem } from "../config.ts"
import { readConfig } from "../config-file.ts"
import { type Gateway, openGateway } from "../gateway.ts"
import { openLog } from "../log.ts"
import type { Log } from "../message.ts"
import { StoreProblem } from "../store/index.ts"
import { notify, openWatchdog, type ServiceState } from "../systemd.ts"
import { commit, version } from "../version.ts"
import { argumentsOf, type Command, print } from "./command.ts"

const help = `usage: waystation run [--config FILE] [--data DIR]

Runs the gateway until it is told to stop (SIGTERM, SIGINT). Logs JSON lines on stderr; the one
with "event":"ready" comes when every port is open.

  --config FILE  the configuration (TOML). Left out: a gateway to try out, with MLLP on
                 127.0.0.1:2575 and a FHIR sandbox on 127.0.0.1:8575
  --data DIR     where messages are kept; $STATE_DIRECTORY where left out, else ./data.
                 Its file admin-token holds the token that the page and the API ask for

Exit codes: 0 stopped when told to, 1 could not start or failed, 64 wrong arguments.`

export const run: Command = {
  summary: "the gateway itself",
  help,
  async run(args) {
    const { values } = argumentsOf(args, { config: { type: "string" }, data: { type: "string" } })
    const log = openLog((line) => process.stderr.write(line))
    const data = values.data ?? (process.env.STATE_DIRECTORY || "data")
    const stop = stopSignal()
    process.on("uncaughtException", (error) => fail(log, error))
    process.on("unhandledRejection", (error) => fail(log, error))
    const gateway = await start(values.config, data, log)
    if (!gateway) return 1
    const tell = (state: ServiceState) => {
      const problem = notify(state)
      if (problem !== undefined) log("systemd-unheard", { problem })
    }
    log("ready", { version, commit, sources: gateway.sources, admin: gateway.admin, data })
    tell("READY=1")
    const watchdog = openWatchdog(log)
    if (values.config === undefined) await print(welcome(gateway, await isWorn(gateway), data))
    log("stopping", { signal: await stop })
    tell("STOPPING=1")
    await gateway.close()
    watchdog.close()
    log("stopped")
    return 0
  },
}

async function start(
  path: string | undefined,
  data: string,
  log: Log,
): Promise<Gateway | undefined> {
  try {
    const config = path === undefined ? embeddedDefault : await readConfig(path)
    const folder = path === undefined ? "." : dirname(path)
    return await openGateway(config, { data, log, folder })
  } catch (error) {
    if (!(error instanceof StartProblem || error instanceof StoreProblem)) throw error
    const problems = error instanceof StartProblem ? error.problems : [error.message]
    log("not-started", { problems })
    return undefined
  }
}

/** Resolves with the first signal that asks to stop; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  const signals = ["SIGTERM", "SIGINT"]
  return new Promise((resolve) => {
    const stop = (signal: string) => {
      for (const one of signals) process.off(one, stop)
      resolve(signal)
    }
    for (const one of signals) process.on(one, stop)
  })
}

/** A bug: say so and end. What was acknowledged is on disk, and systemd starts a new process. */
function fail(log: Log, error: unknown): void {
  log("failed", { error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  process.exit(1)
}

/** Has the sandbox, which starts empty, been sent messages before that it won't be sent again? */
async function isWorn(gateway: Gateway): Promise<boolean> {
  return ((await gateway.status()).destinations.sandbox?.delivered ?? 0) > 0
}

/** What a person who tries the gateway out needs to know. */
function welcome({ sources, admin }: Gateway, worn: boolean, data: string): string {
  const compiled = import.meta.path.startsWith("/$bunfs/")
  const self = compiled ? process.execPath : `${process.execPath} ${process.argv[1]}`
  const address = sources.lab?.replace("mllp ", "") ?? ""
  const sample = [
    "MSH|^~\\\\&|LAB|CLINIC|||20260415120000||ORU^R01|TRY-1|P|2.5.1",
    "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F",
    "OBR|1||F-1|718-7^Haemoglobin^LN",
    "OBX|1|NM|718-7^Haemoglobin^LN||11.8|g/dL|12.0-16.0|L|||F",
  ].join("\\r")
  return `
  Waystation ${version} is ready, with a configuration to try it out.

  Send HL7 v2 (MLLP) to  ${address}
  Admin address          ${admin}
  Its token              ${join(data, "admin-token")}
  What became of it      ${admin}/sandbox/fhir/Observation

${worn ? again(data) : ""}  Paste this in another terminal to send a result:

  printf '${sample}' | ${self} send --to ${address} -
`
}

function again(data: string): string {
  return `  The sandbox starts empty, and messages already delivered to it are not sent again:
  to begin anew, stop and remove the folder ${data}.

`
}
