/** What the kernel knows of a process, from /proc: NaN or nothing where there is none. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"

/** Resident memory now. */
export function residentMb(pid: number): number {
  return statusKib(pid, "VmRSS") / 1024
}

/** The most resident memory since the start, or since `forgetPeak`. */
export function peakMb(pid: number): number {
  return statusKib(pid, "VmHWM") / 1024
}

/** Lets the peak of resident memory begin anew (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5")
  } catch {
    // Then the peak is that since the start, which is no lower.
  }
}

/** Bytes it made the kernel write to the disk. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1] ?? Number.NaN)
}

/** Processor time by thread, in µs; the others collect garbage and compile. */
export interface Cpu {
  main: number
  other: number
}

/** Processor time so far; that of threads that have ended is not in it. */
export function cpuOf(pid: number): Cpu {
  const cpu: Cpu = { main: 0, other: 0 }
  for (const thread of threadsOf(pid)) {
    const stat = read(`/proc/${pid}/task/${thread}/stat`)
    // From the third field on (proc(5)); utime and stime are the 14th and the 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const us = (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickUs
    if (thread === String(pid)) cpu.main += us
    else cpu.other += us
  }
  return cpu
}

/** USER_HZ is 100 on every Linux there is a Bun for. */
const tickUs = 10_000

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function statusKib(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read(`/proc/${pid}/status`))
  return Number(found?.[1] ?? Number.NaN)
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1")
  } catch {
    return ""
  }
}
