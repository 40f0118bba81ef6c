import { expect, test } from "bun:test"
import { Doubts } from "../src/doubt.ts"
import type { Outcome } from "../src/message.ts"

const fault: Outcome = { outcome: "retry", reason: "answered 500", doubt: "fault" }
const conflict: Outcome = { outcome: "retry", reason: "answered 409", doubt: "conflict" }
const unreached: Outcome = { outcome: "retry", reason: "connection refused" }
const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }

function outcomes(doubts: Doubts, answers: readonly [number, Outcome][]): string[] {
  return answers.map(([id, outcome]) => doubts.judge(id, outcome).outcome)
}

test("a message answered 500 while others go through is held at the fifth time", () => {
  const doubts = new Doubts()
  for (let time = 1; time < 5; time++) {
    expect(
      outcomes(doubts, [
        [1, fault],
        [2, delivered],
      ]),
    ).toEqual(["retry", "delivered"])
  }
  expect(doubts.judge(1, fault)).toEqual({
    outcome: "hold",
    reason: "answered 500, 5 times while others went through",
  })
})

test("a central that answers 500 to everything holds nothing, however long it does", () => {
  const doubts = new Doubts()
  for (let time = 0; time < 100; time++) {
    expect(
      outcomes(doubts, [
        [1, fault],
        [2, fault],
      ]),
    ).toEqual(["retry", "retry"])
  }
})

test("a message that conflicts goes alone from then on, and is held after five such tries", () => {
  const doubts = new Doubts()
  expect(doubts.isAlone(1)).toBe(false)
  for (let time = 0; time <= 4; time++) {
    expect(doubts.judge(1, conflict).outcome).toBe("retry")
    expect(doubts.isAlone(1)).toBe(true)
  }
  expect(doubts.judge(1, unreached)).toBe(unreached)
  expect(doubts.judge(1, conflict)).toEqual({
    outcome: "hold",
    reason: "answered 409, 5 times also when sent alone",
  })
  expect(doubts.isAlone(1)).toBe(false)
})

test("a message that could not be sent is never held for it", () => {
  const doubts = new Doubts()
  for (let time = 0; time < 100; time++) {
    expect(
      outcomes(doubts, [
        [1, unreached],
        [2, delivered],
      ]),
    ).toEqual(["retry", "delivered"])
  }
})
