/**
 * `npm run bench [-- --quick]`: what the binary does, beside what the listener of @medplum/hl7
 * does in the same run, under the same load. Rounds take turns and the median of them counts. A
 * table goes to stdout, everything to dist/bench.json. Build first: `npm run build`.
 */
import { writeFileSync } from "node:fs"
import { arch, cpus, platform } from "node:os"
import { resolve } from "node:path"
import { type Acknowledging, measureAcknowledging } from "./bench/acknowledge.ts"
import { measureFsync } from "./bench/disk.ts"
import { type Drained, measureDrain } from "./bench/drain.ts"
import { binaryVersion } from "./bench/gateway.ts"
import { measureStarting, type Starting } from "./bench/starting.ts"

const quick = process.argv.includes("--quick")
const rounds = quick ? 3 : 5

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${platform()} ${arch()}`
const measured = binaryVersion()
console.log(`${measured}, Bun ${Bun.version}, ${machine}\n`)

const progress = (what: string) => console.error(`… ${what}`)
const fsync = [measureFsync()]
const starting = await measureStarting({ rounds: quick ? 3 : 7, idleMs: quick ? 500 : 3_000 })
const acknowledging = await measureAcknowledging({
  rounds,
  connections: [1, 8, 64],
  warmUpMs: quick ? 500 : 2_000,
  durationMs: quick ? 1_000 : 5_000,
  progress,
})
progress("drain")
const drained = await measureDrain({ messages: quick ? 5_000 : 30_000, rounds: quick ? 1 : 3 })
fsync.push(measureFsync())

const results = { measured, machine, quick, fsync, starting, acknowledging, drained }
const file = resolve(import.meta.dir, "../dist/bench.json")
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
console.log(table())
console.log(`\n${file}`)

function table(): string {
  const rate = ({ connections, contender, perSecond, ratio, p50Ms, p99Ms }: Acknowledging) => [
    String(connections),
    contender,
    perSecond.toFixed(0),
    ratio.toFixed(2),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
  ]
  const start = ({ contender, startMs, idleMb }: Starting) => [
    contender,
    startMs.toFixed(0),
    idleMb.toFixed(0),
  ]
  const drain = ({ messages, seconds, perSecond }: Drained) => [
    String(messages),
    seconds.toFixed(1),
    perSecond.toFixed(0),
  ]
  return [
    "Acknowledged messages of 751 bytes; ours are fsynced, the peer stores nothing",
    columns(
      ["connections", "listener", "messages/s", "of the peer's", "p50 ms", "p99 ms"],
      acknowledging.map(rate),
    ),
    "A backlog to a local FHIR sink that stores nothing",
    columns(["messages", "seconds", "messages/s"], [drain(drained)]),
    "Start",
    columns(["process", "ms to ready", "idle MB"], starting.map(start)),
    "fsync of a 4 KiB append to this disk, before and after",
    columns(
      ["p50 ms", "p99 ms"],
      fsync.map(({ p50Ms, p99Ms }) => [p50Ms.toFixed(2), p99Ms.toFixed(2)]),
    ),
  ].join("\n\n")
}

/** Lines of columns as wide as their widest cell. */
function columns(head: string[], rows: string[][]): string {
  const lines = [head, ...rows]
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
