import { describe, expect, test } from "bun:test"
import { frame } from "../../../src/hl7/frame.ts"
import { oru } from "../../build.ts"
import { listener } from "./listener.ts"

const lab = listener()
const MB = 1_000_000

const large = (controlId: string, bytes: number) =>
  frame(oru({ controlId, value: "9".repeat(bytes) }))

describe("while 150 senders stall, each with 1 MB of a message sent", () => {
  // Real time, which is what this is about: some 100 ms here, and 17.8 s when they stood in line.
  test("an honest one is answered at once, be its message small or large", async () => {
    const stalled = await Promise.all(Array.from({ length: 150 }, lab.sender))
    for (const one of stalled) one.write(large("HALF", 1.1 * MB).subarray(0, MB))
    const honest = await lab.sender()
    const tookMs: number[] = []
    for (const bytes of [500, 200_000, 5 * MB]) {
      const from = performance.now()
      honest.write(large("HONEST", bytes))
      expect(await honest.answer()).toBe("AA HONEST")
      tookMs.push(performance.now() - from)
    }
    expect(lab.events.map(({ event }) => event)).toEqual(["intake-waits"])
    expect(Math.max(...tookMs)).toBeLessThan(1_000)
  }, 30_000)
})
