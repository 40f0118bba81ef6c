import { describe, expect, test } from "bun:test"
import type { Outcome } from "../src/message.ts"
import {
  inFlightMax,
  judge,
  nextTryMs,
  patienceMs,
  retryAfterMs,
  type Standing,
  standingAfter,
  upright,
} from "../src/retry.ts"

const failure: Outcome = { outcome: "retry", reason: "connection refused" }
const success: Outcome = { outcome: "delivered", receipt: { status: 200 } }
const wrong: Outcome = { outcome: "pause", reason: "401" }
const minute = 60_000

/** How a destination stands after these outcomes, each a second after the one before. */
function after(...outcomes: Outcome[]): Standing {
  return outcomes.reduce(
    (standing, outcome, second) => standingAfter(standing, outcome, second * 1000, 0.5),
    upright,
  )
}

describe("the wait before the next try of one delivery", () => {
  test("is under a second at first, doubles, and never exceeds five minutes", () => {
    const longest = [0, 1, 2, 3, 8, 9, 10, 50, 1e6].map((failures) => retryAfterMs(failures, 1))
    expect(longest).toEqual([500, 1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000, 300_000])
  })

  test("is never longer than the configuration says", () => {
    expect(retryAfterMs(50, 1, 30_000)).toBe(30_000)
    expect(nextTryMs({ outcome: "retry", reason: "" }, 50, 1, 30_000)).toBe(30_000)
    const standing = { ...upright, failures: 50 }
    expect(standingAfter(standing, failure, 0, 1, 30_000).notBefore).toBe(30_000)
  })

  test("is spread over half of itself, so that hundreds of boxes do not come back in step", () => {
    expect(retryAfterMs(3, 0)).toBe(2000)
    expect(retryAfterMs(3, 0.5)).toBe(3000)
  })

  test("is what the server asked for, up to an hour", () => {
    expect(nextTryMs({ outcome: "retry", reason: "", afterMs: 7000 }, 9, 0)).toBe(7000)
    expect(nextTryMs({ outcome: "retry", reason: "", afterMs: 1e9 }, 0, 0)).toBe(60 * minute)
  })

  test.each([0, -5000, 0.4, Number.NaN])("is the usual one where the server asks for %p", (ms) => {
    expect(nextTryMs({ outcome: "retry", reason: "", afterMs: ms }, 0, 1)).toBe(500)
  })

  test("is in whole milliseconds, which is all that the store takes", () => {
    expect(nextTryMs({ outcome: "retry", reason: "", afterMs: 1.5 }, 0, 0)).toBe(2)
  })
})

describe("a destination", () => {
  test("is still up after four failures in a row, and down after five", () => {
    expect(after(failure, failure, failure, failure).state).toBe("up")
    expect(after(failure, failure, failure, failure, failure)).toMatchObject({
      state: "down",
      reason: "connection refused",
    })
  })

  test("is not down for failures that were not in a row", () => {
    const mixed = [failure, failure, failure, success, failure, failure, failure]
    expect(after(...mixed).state).toBe("up")
  })

  test("that is down takes one delivery at a time, when its wait is over", () => {
    const down = after(failure, failure, failure, failure, failure)
    expect(inFlightMax(down, 8, down.notBefore - 1)).toBe(0)
    expect(inFlightMax(down, 8, down.notBefore)).toBe(1)
  })

  test.each([
    ["a delivery", success],
    ["a refusal of one message, which is an answer", { outcome: "hold", reason: "422" } as const],
  ])("that is down is up at full speed again after %s", (_what, outcome) => {
    const up = after(failure, failure, failure, failure, failure, outcome)
    expect(up).toMatchObject(upright)
    expect(inFlightMax(up, 8, 0)).toBe(8)
  })

  test("that is wrong as a whole is paused, and tried after 5 minutes, doubling to an hour", () => {
    const waits: number[] = []
    let standing = upright
    for (let probe = 0; probe < 6; probe++) {
      standing = standingAfter(standing, wrong, 0, 0.5)
      expect(standing.state).toBe("paused")
      waits.push(standing.notBefore / minute)
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60])
  })

  test("that is paused and then can't be reached is down, and never at full speed", () => {
    expect(after(wrong, failure).state).toBe("down")
  })

  test("that refuses twenty messages in a row for one reason is wrong as a whole", () => {
    const refusal: Outcome = { outcome: "hold", reason: "answered 422" }
    let standing = upright
    for (let message = 1; message < 20; message++) {
      expect(judge(refusal, standing)).toBe(refusal)
      standing = standingAfter(standing, refusal, 0, 0.5)
    }
    const twentieth = judge(refusal, standing)
    expect(twentieth).toEqual({
      outcome: "pause",
      reason: "it refused 20 messages in a row: answered 422",
    })
    const paused = standingAfter(standing, twentieth, 0, 0.5)
    expect(paused.state).toBe("paused")
    expect(judge(refusal, paused).outcome).toBe("pause")
    expect(judge(refusal, after(...Array(19).fill(refusal), success)).outcome).toBe("hold")
    const another: Outcome = { outcome: "hold", reason: "answered 400" }
    expect(judge(refusal, after(...Array(19).fill(refusal), another)).outcome).toBe("hold")
  })

  test("is tried at once when its wait is longer than any wait: the clock has jumped", () => {
    const down = after(failure, failure, failure, failure, failure)
    expect(inFlightMax(down, 8, down.notBefore - patienceMs - 1)).toBe(1)
  })
})
