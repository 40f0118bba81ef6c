import { expect, test } from "bun:test"
import { patienceMs } from "../../src/destination/network.ts"

test("a small request has the timeout and no more", () => {
  expect(patienceMs(30_000, 0)).toBe(30_000)
  expect(patienceMs(30_000, 16_384)).toBe(30_000)
})

test("a long one has a second more for each further KiB it has to send", () => {
  expect(patienceMs(30_000, 16_384 + 1_048_576)).toBe(30_000 + 1_024_000)
})
