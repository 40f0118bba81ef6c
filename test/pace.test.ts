import { describe, expect, test } from "bun:test"
import { Busy, Pace } from "../src/pace.ts"

/** So many messages a second come in for a second from `from` on; gives when the last one came. */
function arrive(busy: Busy, perSecond: number, from = 0): number {
  let at = from
  for (let count = 0; count < perSecond; count++) {
    at = from + (count * 1000) / perSecond
    busy.arrived(at)
  }
  return at
}

/** How many deliveries start from `from` on for a second, looked at every 5 ms. */
function startsIn(pace: Pace, busy: Busy, from: number): number[] {
  const starts: number[] = []
  for (let at = from; at < from + 1000; at += 5) {
    for (let count = 0; count < 25; count++) busy.arrived(at)
    const left = pace.left(at)
    if (left < 1) continue
    pace.take(left)
    starts.push(left)
  }
  return starts
}

describe("deliveries", () => {
  test("start as they like while a clinic's machines send what they send", () => {
    const busy = new Busy()
    const at = arrive(busy, 900)
    expect(new Pace(busy).left(at)).toBe(Number.POSITIVE_INFINITY)
  })

  test("keep to a pace, some at a time, while messages come in fast", () => {
    const busy = new Busy()
    const pace = new Pace(busy)
    const at = arrive(busy, 5_000)
    pace.take(pace.left(at))
    const starts = startsIn(pace, busy, at)
    const sum = starts.reduce((all, some) => all + some, 0)
    expect(sum).toBeGreaterThan(200)
    expect(sum).toBeLessThan(260)
    expect(Math.min(...starts)).toBeGreaterThan(4)
  })

  test("start as they like again as soon as messages stay away", () => {
    const busy = new Busy()
    const at = arrive(busy, 5_000)
    const pace = new Pace(busy)
    expect(pace.left(at)).toBeLessThan(100)
    expect(pace.left(at + 1_000)).toBe(Number.POSITIVE_INFINITY)
  })

  test("are not held up by a clock that stood still", () => {
    const busy = new Busy()
    arrive(busy, 5_000)
    const later = arrive(busy, 10, 3_600_000)
    expect(new Pace(busy).left(later)).toBe(Number.POSITIVE_INFINITY)
  })
})
