import { expect, test } from "bun:test"
import { join } from "node:path"
import { buildShim } from "../../../scripts/bench/shim.ts"
import { temporaryFolder } from "../../build.ts"

/** Far more than any of these writes takes by itself. */
const fsyncMs = 60
const shim = buildShim(temporaryFolder(), "slow-fsync")
const reason = "problem" in shim ? ` (skipped: ${shim.problem})` : ""

interface Took {
  durable: boolean
  write: string
  ms: number
}

/** How long each write took of a store on whose disk every fsync takes 60 ms longer. */
async function writesOnSlowDisk(preload: string): Promise<Took[]> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "timed-writes.ts")], {
    env: { ...process.env, LD_PRELOAD: preload, SLOW_FSYNC_MS: String(fsyncMs) },
    stdio: ["ignore", "pipe", "inherit"],
  })
  return JSON.parse(await child.stdout.text()) as Took[]
}

/** A store whose fsyncs fail by and by, each taking so long: what it took in, and how it ended. */
async function storeOnFailingDisk(preload: string, slowMs: number) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "failing-writes.ts")], {
    env: {
      ...process.env,
      LD_PRELOAD: preload,
      SLOW_FSYNC_MS: String(slowMs),
      FSYNC_FAILS_FROM: "40",
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const [said, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { said, complaint, code: await child.exited }
}

// The shim that delays an fsync is built with a C compiler, which not every machine has.
test.skipIf("problem" in shim)(
  `nothing is said to be on disk before an fsync, whatever was written before it${reason}`,
  async () => {
    const took = "file" in shim ? await writesOnSlowDisk(shim.file) : []
    const durable = took.filter((one) => one.durable)
    expect(durable.length).toBe(24)
    expect(durable.filter(({ ms }) => ms < fsyncMs)).toEqual([])
    // What is made again after a power cut waits for none: so the level did change between them.
    for (const kind of ["following", "a settlement"]) {
      const each = took.filter(({ write }) => write === kind).map(({ ms }) => ms)
      expect(Math.min(...each)).toBeLessThan(fsyncMs)
    }
  },
)

for (const slowMs of [0, 5]) {
  // The shim that makes an fsync fail needs the same compiler.
  test.skipIf("problem" in shim)(
    `an fsync that fails after ${slowMs} ms ends the process, and refuses what waits${reason}`,
    async () => {
      if (!("file" in shim)) return
      const { said, complaint, code } = await storeOnFailingDisk(shim.file, slowMs)
      expect(said).toMatch(/^(stored\n){1,39}refused: EIO.*\n$/)
      expect(complaint).toContain("the disk did not keep what was written, as fsync says: EIO")
      expect(code).toBe(1)
    },
  )
}
