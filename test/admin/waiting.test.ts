import { expect, test } from "bun:test"
import { whyWaiting } from "../../src/admin/waiting.ts"

const now = Date.parse("2026-04-15T12:00:00Z")
const later = now + 60_000
const up = { state: "up" } as const
const down = { state: "down", reason: "no answer" } as const

test.each<[string, Parameters<typeof whyWaiting>[0], Parameters<typeof whyWaiting>[1]]>([
  ["it is due now, or being sent", { waitsFor: [], dueAt: 0 }, up],
  ["it is due now, or being sent", { waitsFor: [], dueAt: now }, up],
  ["its next try is at 2026-04-15T12:01:00.000Z", { waitsFor: [], dueAt: later }, up],
  ["it waits behind delivery 12 of the same patient", { waitsFor: [12], dueAt: 0 }, up],
  ["it waits behind delivery 12 of the same patient", { waitsFor: [12], dueAt: later }, up],
  ["it waits behind deliveries 12, 13 of the same patient", { waitsFor: [12, 13], dueAt: 0 }, up],
  [
    "it waits behind deliveries 12, 13 of the same patient; 13 is held: replay or discard it",
    { waitsFor: [12, 13], held: [13], dueAt: 0 },
    up,
  ],
  ["its destination is down: no answer", { waitsFor: [], dueAt: 0 }, down],
  ["its destination is down: no answer", { waitsFor: [], dueAt: 0 }, { ...down, probedAt: now }],
  [
    "its destination is down: no answer; that is probed next at 2026-04-15T12:01:00.000Z; " +
      "it waits behind delivery 12 of the same patient",
    { waitsFor: [12], dueAt: 0 },
    { ...down, probedAt: later },
  ],
  ["its destination is paused", { waitsFor: [], dueAt: 0 }, { state: "paused" }],
])("a delivery waits because %s", (words, pending, stands) => {
  expect(whyWaiting(pending, stands, now)).toBe(words)
})
