import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { join, resolve } from "node:path"

const times = 200
const pageBytes = 4096

const work = resolve(import.meta.dir, "../../dist")
const folders = new Set<string>()

// A benchmark that breaks off leaves nothing behind.
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder on the project's own disk, since /tmp may be memory; gone when the process ends. */
export function openFolder(): string {
  mkdirSync(work, { recursive: true })
  const folder = mkdtempSync(join(work, "bench-"))
  folders.add(folder)
  return folder
}

/** How long the project's disk takes to keep a page appended to a file, in ms. */
export function measureFsync(): { p50Ms: number; p99Ms: number } {
  const folder = openFolder()
  const file = openSync(join(folder, "pages"), "w")
  const page = Buffer.alloc(pageBytes, 1)
  const took = Array.from({ length: times }, () => {
    const startedAt = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    return performance.now() - startedAt
  }).sort((a, b) => a - b)
  closeSync(file)
  rmSync(folder, { recursive: true, force: true })
  const share = (part: number) => took[Math.floor(times * part)] ?? Number.NaN
  return { p50Ms: share(0.5), p99Ms: share(0.99) }
}
