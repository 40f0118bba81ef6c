import { openFolder } from "./disk.ts"
import { liveThrough, wrongWith } from "./offline.ts"
import type { Figures, Plan } from "./part.ts"
import { buildShim } from "./shim.ts"
import { table } from "./table.ts"

export const ninetyDays = {
  about: "90 days without centre, tokens, names and a true clock; takes minutes, needs cc",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const shim = buildShim(openFolder(), "adrift")
    if ("problem" in shim) {
      return { figures: shim, table: `90 days offline, not measured: ${shim.problem}` }
    }
    const offline = quick ? short : long
    const found = await liveThrough({ ...offline, shim: shim.file, progress })
    const row = [
      String(found.messages),
      (found.failedForMs / 1000).toFixed(0),
      (found.firstAfterMs / 1000).toFixed(1),
      (found.fullAfterMs / 1000).toFixed(1),
      found.perSecond.toFixed(0),
      (found.drainedAfterMs / 1000).toFixed(0),
      found.mostMb.toFixed(0),
    ]
    const problems = wrongWith(found)
    const verdict = problems.length > 0 ? problems.join("; ") : "all came, once and in order"
    return { figures: found, table: table(`90 days offline: ${verdict}`, head, [row]) }
  },
}

const head = [
  ...["messages", "s failing at the end", "s to the first", "s to full speed", "messages/s"],
  ...["s until all were there", "most MB"],
]

const short = { messages: 3_000, onlineForMs: 0, failForMs: 1_000 }
const long = {
  messages: 200_000,
  // The box looks at its clock once a minute, and knows of a step by what it noted before.
  onlineForMs: 70_000,
  // By then the waits between two tries have grown to their longest, 5 minutes.
  failForMs: 8 * 60_000,
}
