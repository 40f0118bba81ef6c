import { describe, expect, test } from "bun:test"
import { UsageProblem } from "../../src/cli/command.ts"
import { filterBy, idsOf, receivedBy } from "../../src/cli/wanted.ts"

const since = (text: string) => receivedBy({ since: text }).since

describe("a time as it is typed", () => {
  test.each([
    ["2026-04-15", new Date(2026, 3, 15)],
    ["2026-04-15 12:30", new Date(2026, 3, 15, 12, 30)],
    ["2026-04-15T12:30:15", new Date(2026, 3, 15, 12, 30, 15)],
    ["2026-04-15T12:30:15Z", new Date("2026-04-15T12:30:15Z")],
    ["2026-04-15T12:30+03:00", new Date("2026-04-15T09:30:00Z")],
  ])("%s is by this machine's clock where it says no other", (text, time) => {
    expect(since(text)).toBe(time.toISOString())
  })

  test.each([
    ["30m", 30 * 60_000],
    ["12h", 12 * 3_600_000],
    ["7d", 7 * 86_400_000],
  ])("%s is so long ago", (text, ms) => {
    const ago = Date.now() - Date.parse(since(text) ?? "")
    expect(Math.abs(ago - ms)).toBeLessThan(5_000)
  })

  test.each(["yesterday", "", "2026-02-31 12:00x", "12", "7y", "2026", "15.04.2026"])(
    "%j is none",
    (text) => {
      expect(() => since(text)).toThrow(UsageProblem)
    },
  )
})

test("a filter that names nothing is none, so that nothing is never all", () => {
  expect(filterBy({})).toBeUndefined()
  expect(filterBy({ reason: undefined })).toBeUndefined()
  expect(filterBy({ type: "ADT" })).toMatchObject({ type: "ADT" })
})

test.each(["0", "-1", "1.5", "x", "", "9999999999999999"])("%j is no id", (text) => {
  expect(() => idsOf(["1", text])).toThrow(UsageProblem)
})
