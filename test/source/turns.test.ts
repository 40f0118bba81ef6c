import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test"
import { Turns } from "../../src/source/turns.ts"

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** Some who wait for a turn, `together` of whom may go on at once. */
function waiting(together: number, count: number) {
  const turns = new Turns<{ flow(): void }>(together)
  const all = Array.from({ length: count }, () => ({ flow: () => {} }))
  const going = () => all.flatMap((one, at) => (turns.has(one) ? [at] : []))
  going()
  return { turns, all, going }
}

test("so many go on together as may, and the rest wait", () => {
  expect(waiting(2, 4).going()).toEqual([0, 1])
})

test("who stalls loses its turn within 60 ms", () => {
  const { going } = waiting(1, 2)
  jest.advanceTimersByTime(60)
  expect(going()).toEqual([1])
})

test("who goes on keeps its turn, for half a second while others wait", () => {
  const { turns, all, going } = waiting(1, 2)
  const [first] = all
  for (let at = 0; at < 50; at++) {
    if (first) turns.heard(first)
    jest.advanceTimersByTime(10)
  }
  expect(going()).toEqual([0])
  jest.advanceTimersByTime(20)
  expect(going()).toEqual([1])
})

test("who goes on keeps its turn for ever while nobody waits", () => {
  const { going } = waiting(2, 2)
  jest.advanceTimersByTime(60_000)
  expect(going()).toEqual([0, 1])
})

test("who comes new is next, however many stall", () => {
  const { turns, going } = waiting(1, 150)
  jest.advanceTimersByTime(60)
  going()
  const honest = { flow: () => {} }
  expect(turns.has(honest)).toBe(false)
  for (let at = 0; at < 2 && !turns.has(honest); at++) jest.advanceTimersByTime(60)
  expect(turns.has(honest)).toBe(true)
})

test("nobody waits for ever, however many come new", () => {
  const { turns, all } = waiting(1, 4)
  const had = new Set<number>()
  for (let at = 0; at < 20; at++) {
    turns.has({ flow: () => {} })
    jest.advanceTimersByTime(60)
    all.forEach((one, index) => {
      if (turns.has(one)) had.add(index)
    })
  }
  expect(had.size).toBe(4)
})

test("when room is nearly gone, who was heard last goes on alone", () => {
  const { turns, all, going } = waiting(3, 4)
  const [, second] = all
  if (second) turns.heard(second)
  turns.narrow(true)
  expect(going()).toEqual([1])
  turns.narrow(false)
  expect(going()).toHaveLength(3)
})

test("who needs no turn any more leaves it to the next", () => {
  const { turns, all } = waiting(1, 3)
  const [first, second, third] = all
  if (third) turns.leave(third)
  if (first) turns.leave(first)
  expect(second && turns.has(second)).toBe(true)
})

describe("each is told", () => {
  test("when its turn begins, and when it ends", () => {
    const turns = new Turns<{ flow(): void }>(1)
    const told: string[] = []
    const one = (name: string) => ({
      flow() {
        told.push(`${name} ${turns.has(this) ? "goes on" : "waits"}`)
      },
    })
    const [first, second] = [one("first"), one("second")]
    for (const each of [first, second]) turns.has(each)
    jest.advanceTimersByTime(60)
    expect(told).toEqual(["first goes on", "second goes on", "first waits"])
  })
})
