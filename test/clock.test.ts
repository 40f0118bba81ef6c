import { expect, test } from "bun:test"
import { stepOf } from "../src/clock.ts"

const hour = 3_600_000
const day = 24 * hour
const believed = { wallMs: 1_000 * day, elapsedMs: 5 * day }

/** What the clocks say after the box ran for so long, with its clock `offMs` from what it was. */
function after(ranMs: number, offMs: number) {
  return { wallMs: believed.wallMs + ranMs + offMs, elapsedMs: believed.elapsedMs + ranMs }
}

test.each([
  ["a clock that runs on is believed, however long ago it was looked at", 90 * day, 0, undefined],
  ["a clock that is corrected by minutes is believed", day, -10 * 60_000, undefined],
  ["a clock that was set back is not", day, -2 * hour, -2 * hour],
  ["a box that was off over a long weekend is believed", 0, 4 * day, undefined],
  ["a box that was off for months is not", 0, 60 * day, 60 * day],
  ["a clock set to another year is not, while it runs either", hour, 26_000 * day, 26_000 * day],
])("%s", (_name, ranMs, offMs, stepped) => {
  expect(stepOf(believed, after(ranMs, offMs), 30 * day)).toBe(stepped)
})

test("where little is kept for long, a smaller step counts", () => {
  expect(stepOf(believed, after(0, 4 * day), 4 * day)).toBe(4 * day)
  expect(stepOf(believed, after(0, day), 4 * day)).toBeUndefined()
})
