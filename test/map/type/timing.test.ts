import { describe, expect, test } from "bun:test"
import { timesOfTq1 } from "../../../src/map/segment/tq1.ts"
import { timingOf } from "../../../src/map/type/timing.ts"
import { timesIn } from "../../../src/map/type/tq.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|RX|KISUMU|||20260415120000||RDE^O11|T1|P|2.5.1"

/** What TQ1 segments tell, in the site's zone or another. */
function told(tq1: string, timezone = "Africa/Nairobi") {
  const read = reading([header, tq1], { source: { timezone } })
  const all = timesOfTq1(read.parsed.all("TQ1"), read)
  return { all, notes: read.notes, repeat: all[0]?.pattern.repeat, timing: timingsOf(all) }
}

function timingsOf(all: ReturnType<typeof timesOfTq1>) {
  return all.map(({ pattern }) => timingOf(pattern))
}

describe("how often a drug is to be given", () => {
  test.each([
    ["BID", { frequency: 2, period: 1, periodUnit: "d" }, "BID"],
    ["TID", { frequency: 3, period: 1, periodUnit: "d" }, "TID"],
    ["QID", { frequency: 4, period: 1, periodUnit: "d" }, "QID"],
    ["5ID", { frequency: 5, period: 1, periodUnit: "d" }, "5ID"],
    ["QD", { frequency: 1, period: 1, periodUnit: "d" }, "QD"],
    ["QOD", { frequency: 1, period: 2, periodUnit: "d" }, "QOD"],
    ["Q12H", { frequency: 1, period: 12, periodUnit: "h" }, "Q12H"],
    ["Q30M", { frequency: 1, period: 30, periodUnit: "min" }, "Q30M"],
    ["Q2W", { frequency: 1, period: 2, periodUnit: "wk" }, "Q2W"],
    ["Q1L", { frequency: 1, period: 1, periodUnit: "mo" }, "MO"],
    ["QAM", { frequency: 1, period: 1, periodUnit: "d" }, "AM"],
    ["QHS", { frequency: 1, period: 1, periodUnit: "d", when: ["HS"] }, "BED"],
    ["PCV", { when: ["PCV"] }, "PCV"],
    ["Once", { count: 1 }, "Once"],
    ["Q2J2", { frequency: 1, period: 2, periodUnit: "wk", dayOfWeek: ["tue"] }, "Q2J2"],
  ])("%s of table 0335 is said in full, and by its code", (code, repeat, coded) => {
    const { timing, notes } = told(`TQ1|1||${code}`)
    expect<unknown>(timing[0]?.repeat).toEqual(repeat)
    expect(timing[0]?.code?.coding?.[0]?.code).toBe(coded)
    expect(notes).toEqual([])
  })

  test("a code of nobody's table is kept as it is, with a note", () => {
    const { timing, notes } = told("TQ1|1||constructor")
    expect(timing[0]?.repeat).toBeUndefined()
    expect(timing[0]?.code?.coding?.[0]?.code).toBe("constructor")
    expect(notes).toEqual(["repeat pattern: its code is not of table 0335; it is kept as it is"])
  })

  test("PRN is as needed, before a pattern, behind it or alone", () => {
    for (const code of ["PRN", "PRNQ6H", "Q6H PRN", "PRN Q6H"]) {
      const [times] = told(`TQ1|1||${code}`).all
      expect(times?.pattern.asNeeded).toBe(true)
      expect(times?.pattern.repeat.period).toBe(code === "PRN" ? undefined : 6)
    }
  })

  test("the parts of a pattern stand for themselves: every 90 minutes, after breakfast", () => {
    expect<unknown>(told("TQ1|1||^^^^90^min").repeat).toEqual({
      frequency: 1,
      period: 90,
      periodUnit: "min",
    })
    expect<unknown>(told("TQ1|1||^^^^^^^PCM^1^h").repeat).toEqual({ when: ["PCM"], offset: 60 })
  })

  test("what FHIR has no word for is left out, with what hangs on it", () => {
    const { repeat, notes } = told("TQ1|1||^^^^^^^ICM^1^h")
    expect<unknown>(repeat).toEqual({})
    expect(notes).toEqual(["RPT-8: FHIR has no code for it; it is left out"])
  })

  test("times of day are kept, but not beside a meal, where FHIR has none", () => {
    expect(told("TQ1|1||BID|0800~2030").repeat?.timeOfDay).toEqual(["08:00:00", "20:30:00"])
    const beside = told("TQ1|1||ACM|0800")
    expect(beside.repeat?.timeOfDay).toBeUndefined()
    expect(beside.notes).toEqual(["TQ1-4: FHIR has no time of day beside an event; it is left out"])
    expect(told("TQ1|1||BID|2500").notes).toEqual(["TQ1-4: it is no time of day; it is left out"])
  })
})

describe("from when until when a drug is to be given", () => {
  test.each([
    ["a course of days ends on its last day", "5^d|20260415", "2026-04-15", "2026-04-19"],
    ["a course of a day is that day", "1^d|20260415", "2026-04-15", "2026-04-15"],
    [
      "one that begins at a time ends at that time",
      "1^wk|202604150830",
      "2026-04-15T08:30:00+03:00",
      "2026-04-22T08:30:00+03:00",
    ],
    [
      "the sender's offset is kept",
      "12^hours|20260415200000+0200",
      "2026-04-15T20:00:00+02:00",
      "2026-04-16T08:00:00+02:00",
    ],
    ["one that is told by its end begins before", "3^d||20260415", "2026-04-13", "2026-04-15"],
  ])("%s", (_what, fields, start, end) => {
    expect(told(`TQ1|1||BID|||${fields}`).repeat?.boundsPeriod).toEqual({ start, end })
  })

  test("a week is a week where the clocks change in it", () => {
    const { repeat } = told("TQ1|1||BID|||1^wk|20260326080000", "Europe/Berlin")
    expect(repeat?.boundsPeriod).toEqual({
      start: "2026-03-26T08:00:00+01:00",
      end: "2026-04-02T08:00:00+02:00",
    })
  })

  test("a length alone is a length", () => {
    expect(told("TQ1|1||BID|||10^d").repeat?.boundsDuration?.value).toBe(10)
  })

  test("a length nobody can count to is left out, and what is known stays", () => {
    const { repeat, notes } = told("TQ1|1||BID|||99999^y|20260415")
    expect(repeat?.boundsPeriod).toEqual({ start: "2026-04-15" })
    expect(notes).toHaveLength(1)
    expect(told("TQ1|1||BID|||6^h|20260415").repeat?.boundsPeriod?.end).toBeUndefined()
  })
})

test("what follows is told from what runs beside", () => {
  const lines = "TQ1|1||QD|||7^d||||||S\rTQ1|2||BID|||||||||A\rTQ1|3||QHS"
  expect(told(lines).all.map(({ follows }) => follows)).toEqual([false, true, false])
})

test("the older field tells ten times, seven days or no end", () => {
  const repeats = ["X10", "D7", "INDEF", "a week"].map((lasting) => {
    const read = reading([header, `RXE|1&TAB^BID^${lasting}`])
    const [times] = timesIn(read.parsed.first("RXE"), 1, read)
    const { count, boundsDuration } = times?.pattern.repeat ?? {}
    return [count, boundsDuration?.value, read.notes.length]
  })
  expect(repeats).toEqual([
    [10, undefined, 0],
    [undefined, 7, 0],
    [undefined, undefined, 0],
    [undefined, undefined, 1],
  ])
})
