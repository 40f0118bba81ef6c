import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test"
import { type Holder, InFlight } from "../../src/source/in-flight.ts"

// Turns end by a timer.
beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const KiB = 1024
const bytesMax = 1024 * KiB

/** A connection that does nothing but hold bytes, as a test says. */
interface Told extends Holder {
  held: number
  stopped: boolean
  silent: number
  given: boolean
}

function opened(together = 1) {
  const events: string[] = []
  const log = (_event: string, fields?: object) => void events.push(`${Object(fields).why}`)
  const inFlight = new InFlight(log, bytesMax, together)
  const holder = (silent = 0): Told => {
    const told: Told = {
      held: 0,
      stopped: false,
      silent,
      given: false,
      flow: () => {
        told.stopped = inFlight.full || inFlight.waits(told)
      },
      silentMs: () => told.silent,
      giveUp: () => {
        told.given = true
        hold(told, 0)
      },
    }
    inFlight.enter(told)
    return told
  }
  const hold = (told: Told, bytes: number) => {
    const more = bytes - told.held
    told.held = bytes
    inFlight.begin(told, more)
    inFlight.makeRoom(told, 0)
    told.flow()
  }
  return { inFlight, holder, hold, events }
}

describe("messages that wait for the disk", () => {
  test("stop everyone at the limit, until half of them are answered", () => {
    const { inFlight, holder, events } = opened()
    const all = [holder(), holder()]
    const stopped = () => all.map((one) => one.stopped)
    inFlight.hand(bytesMax - 1)
    expect(stopped()).toEqual([false, false])
    inFlight.hand(1)
    expect(stopped()).toEqual([true, true])
    inFlight.answer(bytesMax / 2 - 1)
    expect(stopped()).toEqual([true, true])
    inFlight.answer(1)
    expect(stopped()).toEqual([false, false])
    inFlight.hand(bytesMax)
    expect(events).toEqual(["messages wait for the disk"])
  })
})

describe("messages that have begun", () => {
  test("at the limit go on one at a time when they are large", () => {
    const { holder, hold } = opened()
    const [first, second, third, small] = [holder(), holder(), holder(), holder()]
    hold(small, 64 * KiB)
    for (const one of [first, second, third]) hold(one, 400 * KiB)
    const stopped = () => [first, second, third, small].map((one) => one.stopped)
    expect(stopped()).toEqual([false, true, true, false])
    hold(first, 0)
    expect(stopped()).toEqual([false, false, true, false])
    hold(second, 0)
    expect(stopped()).toEqual([false, false, false, false])
  })

  test("a few of those who wait go on together, and one alone when room is nearly gone", () => {
    const { holder, hold } = opened(2)
    const all = [holder(), holder(), holder()]
    const stopped = () => all.map((one) => one.stopped)
    for (const one of all) hold(one, 400 * KiB)
    for (const one of all) one.flow()
    expect(stopped()).toEqual([false, false, true])
    for (const one of all.slice(0, 2)) hold(one, 600 * KiB)
    expect(stopped()).toEqual([true, false, true])
  })

  test("leave their turn to others when their connection is gone", () => {
    const { inFlight, holder, hold } = opened()
    const [first, second, third] = [holder(), holder(), holder()]
    for (const one of [first, second, third]) hold(one, 400 * KiB)
    hold(second, 0)
    inFlight.leave(second)
    expect([first.stopped, third.stopped]).toEqual([false, true])
    hold(first, 10)
    inFlight.leave(first)
    expect(third.stopped).toBe(false)
  })

  test("but for the largest are given up at twice the limit: the longest silent first", () => {
    const { holder, hold } = opened()
    const going = [0, 0, 0].map((silent) => holder(silent))
    for (const one of going) hold(one, 400 * KiB)
    const silent = [1_500, 3_000, 2_000, 4_000, 900].map((silent) => holder(silent))
    for (const one of silent) hold(one, 200 * KiB)
    const last = holder()
    hold(last, 247 * KiB)
    expect(silent.some(({ given }) => given)).toBe(false)
    hold(last, 400 * KiB)
    expect(silent.map(({ given }) => given)).toEqual([false, false, false, true, false])
    hold(holder(), 390 * KiB)
    expect(silent.map(({ given }) => given)).toEqual([false, true, true, true, false])
    expect([...going, last].some(({ given }) => given)).toBe(false)
  })

  test("are given up at twice the limit by who came last where all others are sending", () => {
    const { holder, hold } = opened()
    const all = Array.from({ length: 6 }, () => holder(900))
    for (const one of all) hold(one, 400 * KiB)
    const last = holder()
    hold(last, 64 * KiB)
    expect([...all, last].map(({ given }) => given)).toEqual([...all.map(() => false), true])
  })
})
