import { describe, expect, test } from "bun:test"
import { countsLine, parseCounts } from "../../scripts/junit.ts"

function report(totals: string): string {
  return `<?xml version="1.0"?>\n<testsuites name="bun test" ${totals} time="1.5">\n</testsuites>`
}

describe("the count at the end of a test run", () => {
  test("passed tests are those that neither failed nor were skipped", () => {
    const counts = parseCounts(report('tests="12" assertions="40" failures="2" skipped="3"'))
    expect(counts).toEqual({ passed: 7, failed: 2, skipped: 3 })
  })

  test("an error counts as a failure", () => {
    expect(parseCounts(report('tests="3" failures="1" errors="1"'))?.failed).toBe(2)
  })

  test("skipped tests are named only where there are some", () => {
    expect(countsLine({ passed: 7, failed: 0, skipped: 0 })).toBe("7 passed, 0 failed")
    expect(countsLine({ passed: 7, failed: 2, skipped: 3 })).toBe("7 passed, 2 failed, 3 skipped")
  })

  test("a report that is empty or cut short counts nothing", () => {
    expect(parseCounts("")).toBeUndefined()
    expect(parseCounts('<testsuites tests="3" failures="0" skipped="0">')).toBeUndefined()
  })
})
