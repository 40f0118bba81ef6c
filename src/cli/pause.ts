import type { DestinationStatus } from "../admin/index.ts"
import { asking } from "./api.ts"
import { print, UsageProblem } from "./command.ts"

const help = `usage: waystation pause DESTINATION --reason WHY

Sends a destination nothing more until somebody resumes it, also over restarts. Messages for it are
taken in and kept.

  --reason WHY       shown by status and to whoever asks why something waits
  --json             how it then stands as JSON, for programs`

export const pause = asking({
  name: "pause",
  summary: "send a destination nothing until it is resumed",
  help,
  options: { reason: { type: "string" }, json: { type: "boolean" } },
  takes: "words",
  async run(api, { reason, json }, positionals) {
    const name = oneDestination(positionals)
    if (reason === undefined) throw new UsageProblem("--reason WHY is missing")
    const path = `destinations/${encodeURIComponent(name)}/pause`
    const stands = await api.post<DestinationStatus>(path, { reason })
    await print(
      json
        ? JSON.stringify(stands, null, 2)
        : `${name} is paused, ${stands.pending} pending; to go on: waystation resume ${name}`,
    )
  },
})

/** The one destination that a command is about. Throws UsageProblem for none or several. */
export function oneDestination(positionals: readonly string[]): string {
  const [name, ...more] = positionals
  if (name === undefined) throw new UsageProblem("a DESTINATION is missing")
  if (more.length > 0) throw new UsageProblem("one DESTINATION at a time")
  return name
}
