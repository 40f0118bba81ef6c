import type { DestinationStatus } from "../admin/index.ts"
import { asking } from "./api.ts"
import { print } from "./command.ts"
import { oneDestination } from "./pause.ts"

const help = `usage: waystation resume DESTINATION [--probe]

Lets a destination go on that was paused, by a person or by itself, or that is down: at full speed,
whatever went wrong before.

  --probe            send it one delivery only, now, to see whether it answers; it goes on by
                     itself then. Not for one that a person paused
  --json             how it then stands as JSON, for programs`

export const resume = asking({
  name: "resume",
  summary: "let a destination go on",
  help,
  options: { probe: { type: "boolean" }, json: { type: "boolean" } },
  takes: "words",
  async run(api, { probe, json }, positionals) {
    const name = oneDestination(positionals)
    const path = `destinations/${encodeURIComponent(name)}/${probe ? "probe" : "resume"}`
    const stands = await api.post<DestinationStatus>(path, {})
    const done = probe ? "is tried with one delivery now" : "goes on"
    await print(
      json ? JSON.stringify(stands, null, 2) : `${name} ${done}, ${stands.pending} pending`,
    )
  },
})
