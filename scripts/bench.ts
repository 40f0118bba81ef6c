/**
 * `npm run bench [-- OPTIONS]`: what the binary does, beside what the listener of @medplum/hl7
 * does in the same run where there is the like. Tables go to stdout, everything to dist/bench.json.
 * Build first: `npm run build`.
 */
import { writeFileSync } from "node:fs"
import { arch, cpus, platform } from "node:os"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { acknowledging } from "./bench/acknowledge.ts"
import { conversions } from "./bench/conversions.ts"
import { backlogs, draining } from "./bench/drain.ts"
import { binaryVersion } from "./bench/gateway.ts"
import { idleConnections } from "./bench/idle-connections.ts"
import { largeFrame } from "./bench/large-frame.ts"
import { link } from "./bench/link.ts"
import { million } from "./bench/million.ts"
import { ninetyDays } from "./bench/ninety-days.ts"
import type { Part } from "./bench/part.ts"
import { slowDisk } from "./bench/slow-disk.ts"
import { starting } from "./bench/starting.ts"

const parts: Readonly<Record<string, Part>> = {
  starting,
  acknowledging,
  conversions,
  "slow-disk": slowDisk,
  draining,
  backlogs,
  "large-frame": largeFrame,
  "idle-connections": idleConnections,
  million,
  link,
  "ninety-days": ninetyDays,
}

/** Asked for by name, since they take so long. */
const onlyByName = ["million", "backlogs", "link", "ninety-days"]

const asked = ask()
if (typeof asked === "string") {
  console.error(asked)
  process.exit(2)
}
if (asked.help) console.log(help())
else await measure(asked)

interface Asked {
  names: string[]
  quick: boolean
  help: boolean
}

/** What the command line asks for, or what is wrong with it. */
function ask(): Asked | string {
  try {
    const options = {
      only: { type: "string", default: "" },
      million: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const
    const { only, million, quick, help } = parseArgs({ options }).values
    const named = [...only.split(","), million ? "million" : ""].filter((name) => name !== "")
    const unknown = named.find((name) => !(name in parts))
    if (unknown) return `there is no ${unknown}; there are ${Object.keys(parts).join(", ")}`
    const usual = Object.keys(parts).filter((name) => !onlyByName.includes(name))
    return { names: named.length > 0 ? named : usual, quick, help }
  } catch (error) {
    return (error as Error).message
  }
}

function help(): string {
  return [
    "npm run bench [-- OPTIONS]     needs dist/waystation: npm run build",
    "",
    "  --only NAME,NAME   measure these alone, in this order",
    "  --million          the same as --only million: it takes minutes, and is left out otherwise",
    "  --quick            a short run of each, whose figures say little",
    "",
    "What can be measured:",
    ...Object.entries(parts).map(([name, { about }]) => `  ${name.padEnd(18)} ${about}`),
  ].join("\n")
}

async function measure({ names, quick }: Asked): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${platform()} ${arch()}`
  const measured = binaryVersion()
  console.log(`${measured}, Bun ${Bun.version}, ${machine}`)
  const figures: Record<string, unknown> = {}
  for (const name of names) {
    const progress = (what: string) => console.error(`… ${name}: ${what}`)
    const { figures: found, table } = (await parts[name]?.measure({ quick, progress })) ?? {}
    figures[name] = found
    console.log(`\n${table}`)
  }
  const file = resolve(import.meta.dir, "../dist/bench.json")
  writeFileSync(file, `${JSON.stringify({ measured, machine, quick, ...figures }, null, 2)}\n`)
  console.log(`\n${file}`)
}
