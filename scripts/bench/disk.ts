import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { join, resolve } from "node:path"

const work = resolve(import.meta.dir, "../../dist")
const everything = { recursive: true, force: true }
const folders = new Set<string>()

// A benchmark that breaks off leaves nothing behind; after one that was killed, the next clears up.
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, everything)
})

/** A folder on the project's own disk, since /tmp may be memory; gone when the process ends. */
export function openFolder(): string {
  mkdirSync(work, { recursive: true })
  for (const left of readdirSync(work)) {
    const pid = /^bench-(\d+)-/.exec(left)?.[1]
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join(work, left), everything)
  }
  const folder = mkdtempSync(join(work, `bench-${process.pid}-`))
  folders.add(folder)
  return folder
}

/** The size of a file, 0 where there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** How long the project's disk takes to keep what SQLite writes to its log, the median in ms. */
export interface Fsync {
  /** A page in a log that grows. */
  appendedMs: number
  /** A page in a log that begins anew over its former content, as it does after a checkpoint. */
  overwrittenMs: number
}

const times = 200
/** A page and its header in SQLite's log (sqlite.org/fileformat2.html, 4.1). */
const pageBytes = 24 + 4096

export function measureFsync(): Fsync {
  const folder = openFolder()
  const file = openSync(join(folder, "log"), "w")
  const page = Buffer.alloc(pageBytes, 1)
  const write = () =>
    Array.from({ length: times }, (_, index) => {
      const startedAt = performance.now()
      writeSync(file, page, 0, pageBytes, index * pageBytes)
      fsyncSync(file)
      return performance.now() - startedAt
    }).sort((a, b) => a - b)[times / 2] ?? Number.NaN
  const fsync = { appendedMs: write(), overwrittenMs: write() }
  closeSync(file)
  rmSync(folder, everything)
  return fsync
}
