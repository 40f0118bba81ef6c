/** How many tests of a run did what. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Reads the totals of a JUnit report; undefined where the text isn't a whole report. */
export function parseCounts(report: string): Counts | undefined {
  const totals = /<testsuites\b([^>]*)>/.exec(report)?.[1]
  if (totals === undefined || !report.includes("</testsuites>")) return undefined
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0)
  const failed = number("failures") + number("errors")
  const skipped = number("skipped")
  return { passed: number("tests") - failed - skipped, failed, skipped }
}

/** `12 passed, 0 failed`, and `, 1 skipped` where there is one. */
export function countsLine(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`
}
