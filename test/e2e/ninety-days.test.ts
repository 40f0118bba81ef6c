import { expect, test } from "bun:test"
import { liveThrough, wrongWith } from "../../scripts/bench/offline.ts"
import { buildShim } from "../../scripts/bench/shim.ts"
import { temporaryFolder } from "../build.ts"

const shim = buildShim(temporaryFolder(), "adrift")
const yearMs = 365 * 86_400_000
const reason = "problem" in shim ? ` (skipped: ${shim.problem})` : ""

// The clock and the names are taken from it by a shim, which takes a C compiler to build.
test.skipIf("problem" in shim)(
  `after 90 days offline, two kills and a clock gone wrong all arrives, once and in order${reason}`,
  async () => {
    if ("problem" in shim) return
    const given = { messages: 2_400, onlineForMs: 0, failForMs: 1_000, progress: () => {} }
    const found = await liveThrough({ shim: shim.file, ...given })
    expect(found.reason).toContain("the name can't be resolved")
    expect(Date.parse(found.restartedAt)).toBeLessThan(Date.now() - 9 * yearMs)
    expect(wrongWith(found)).toEqual([])
    expect(found.messages).toBe(2_880)
    expect(found.fullAfterMs).toBeLessThan(10_000)
  },
  60_000,
)
