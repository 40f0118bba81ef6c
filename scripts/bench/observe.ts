import { type Load, type Measured, putLoad } from "./load.ts"
import { cpuOf, writtenBytes } from "./process.ts"
import type { Sink } from "./sink.ts"

/** A load's answers, and what the process that gave them used for it meanwhile. */
export interface Observed extends Measured {
  /** Transactions that reached the sink; 0 where there is none. */
  deliveredPerSecond: number
  /** Bytes written to the disk for each message acknowledged. */
  writtenPerMessage: number
  /** Processor time for each, by thread. */
  mainUs: number
  otherUs: number
}

/** What else goes on while it is measured, until `over` says so. */
export type Meanwhile = (over: AbortSignal) => Promise<void>

/** Puts the load on a listener; what it did while it warmed up does not count. */
export async function observe(
  { pid, port }: { pid: number; port: number },
  load: Omit<Load, "port">,
  { sink, meanwhile }: { sink?: Sink | undefined; meanwhile?: Meanwhile | undefined } = {},
): Promise<Observed> {
  const read = async () => ({
    cpu: cpuOf(pid),
    written: writtenBytes(pid),
    tally: await sink?.tally(),
  })
  const over = new AbortController()
  let reading = read()
  let other: Promise<void> | undefined
  const measured = await putLoad({ ...load, port }, () => {
    reading = read()
    other = meanwhile?.(over.signal)
  })
  over.abort()
  await other
  const [before, after] = [await reading, await read()]
  const deliveredMs = (after.tally?.at ?? 0) - (before.tally?.at ?? 0)
  const delivered = (after.tally?.transactions ?? 0) - (before.tally?.transactions ?? 0)
  const each = (all: number) => all / measured.acked
  return {
    ...measured,
    deliveredPerSecond: delivered === 0 ? 0 : (delivered / deliveredMs) * 1000,
    writtenPerMessage: each(after.written - before.written),
    mainUs: each(after.cpu.main - before.cpu.main),
    otherUs: each(after.cpu.other - before.cpu.other),
  }
}
