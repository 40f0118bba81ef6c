import { expect, test } from "bun:test"
import type { Segment } from "../../../src/hl7/message.ts"
import { type Layout, type Observed, resultsOf } from "../../../src/map/result/groups.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1"

/** The groups as text: an order in brackets, notes in parentheses after what they are on. */
function grouped(...segments: string[]) {
  return groupedBy({}, ...segments)
}

function groupedBy(layout: Layout, ...segments: string[]) {
  const read = reading([header, ...segments])
  const results = resultsOf(read, layout).map((result) => {
    const orders = result.orders.map(({ orc, obr, notes, observed, specimens }) => {
      const sampled = specimens.map((each) =>
        [name(each.spm), ...each.notes.map(name), ...each.observed.map(shown)].join(" "),
      )
      const head = [orc, obr, ...notes].filter((segment) => segment !== undefined).map(name)
      return `[${[...head, ...observed.map(shown), ...sampled].join(" ")}]`
    })
    const { pid, pd1, nk1, pv1, notes, observed } = result
    const patient = [pid, pd1, ...nk1, pv1, ...notes].filter((segment) => segment !== undefined)
    return [...patient.map(name), ...observed.map(shown), ...orders].join(" ")
  })
  return { results, notes: read.notes }
}

function name(segment: Segment): string {
  return `${segment.name}${segment.text(1) ?? ""}`
}

function shown({ lines, notes }: Observed): string {
  const marks = notes.map((note) => `(${name(note)})`)
  return `${lines.map(name).join("+")}${marks.join("")}`
}

test.each<[string, string[], string[]]>([
  ["each OBR has its own ORC", ["PID|1", "ORC|1", "OBR|1", "OBR|2"], ["PID1 [ORC1 OBR1] [OBR2]"]],
  [
    "an OBX is in the nearest order above",
    ["PID|1", "OBR|1", "OBX|1", "OBR|2", "OBX|2"],
    ["PID1 [OBR1 OBX1] [OBR2 OBX2]"],
  ],
  [
    "an OBX below a specimen is the specimen's",
    ["PID|1", "OBR|1", "SPM|1", "OBX|1"],
    ["PID1 [OBR1 SPM1 OBX1]"],
  ],
  [
    "an OBX below the next order is that order's again",
    ["PID|1", "OBR|1", "SPM|1", "OBX|1", "OBR|2", "OBX|2"],
    ["PID1 [OBR1 SPM1 OBX1] [OBR2 OBX2]"],
  ],
  [
    "a note belongs to what stands nearest above",
    ["PID|1", "NTE|1", "OBR|1", "NTE|2", "OBX|1", "NTE|3", "NTE|4", "OBX|2", "SPM|1", "NTE|5"],
    ["PID1 NTE1 [OBR1 NTE2 OBX1(NTE3)(NTE4) OBX2 SPM1 NTE5]"],
  ],
  [
    "an OBX before any order is the patient's",
    ["PID|1", "PV1|1", "OBX|1", "OBR|1"],
    ["PID1 PV11 OBX1 [OBR1]"],
  ],
  [
    "each patient has their own results",
    ["PID|1", "OBR|1", "OBX|1", "PID|2", "OBR|2"],
    ["PID1 [OBR1 OBX1]", "PID2 [OBR2]"],
  ],
  [
    "the lines of a text are one",
    ["PID|1", "OBR|1", "OBX|1|TX|A||a", "OBX|2|NM|B||1", "OBX|3|FT|A||b", "OBX|4|TX|||c"],
    ["PID1 [OBR1 OBX1+OBX3+OBX4 OBX2]"],
  ],
  [
    "texts of two days are two, and a line without a time goes on with the last",
    [
      ...["PID|1", "OBR|1", "OBX|1|TX|A||a|||||||||202604130800", "OBX|2|TX|A||b|||||||||20260413"],
      ...["OBX|3|TX|A||c|||||||||20260414", "OBX|4|TX|A||d"],
    ],
    ["PID1 [OBR1 OBX1+OBX2 OBX3+OBX4]"],
  ],
  [
    "texts with two sub-IDs are two",
    ["PID|1", "OBR|1", "OBX|1|TX|A|1|a", "OBX|2|TX|A|2|b"],
    ["PID1 [OBR1 OBX1 OBX2]"],
  ],
  [
    "numbers with one code are two",
    ["PID|1", "OBR|1", "OBX|1|NM|A||1", "OBX|2|NM|A||2"],
    ["PID1 [OBR1 OBX1 OBX2]"],
  ],
  [
    "the texts of two orders are two",
    ["PID|1", "OBR|1", "OBX|1|TX|A||a", "OBR|2", "OBX|2|TX|A||b"],
    ["PID1 [OBR1 OBX1] [OBR2 OBX2]"],
  ],
])("%s", (_sentence, segments, results) => {
  expect(grouped(...segments)).toEqual({ results, notes: [] })
})

test("segments that no map reads are named, also those above the first patient", () => {
  const { results, notes } = grouped("SFT|1", "PID|1", "OBR|1", "ZZZ|1", "OBX|1", "ZZZ|2")
  expect(results).toEqual(["PID1 [OBR1 OBX1]"])
  expect(notes).toEqual(["segments that no map reads: SFT, ZZZ"])
})

test.each<[string, Layout, string[], string[]]>([
  [
    "a specimen above its orders is each one's, and what is observed above them is the specimen's",
    { specimenAbove: true, orcBelow: true },
    ["PID|1", "SPM|1", "OBX|1", "OBR|1", "ORC|1", "OBX|2", "OBR|2", "ORC|2", "SPM|2", "OBR|3"],
    ["PID1 [ORC1 OBR1 OBX2 SPM1 OBX1] [ORC2 OBR2 SPM1 OBX1] [OBR3 SPM2]"],
  ],
  [
    "an ORC above its OBR is that one's also where the standard has it below",
    { specimenAbove: true, orcBelow: true },
    ["PID|1", "SPM|1", "ORC|1", "OBR|1", "OBX|1", "ORC|2", "OBR|2"],
    ["PID1 [ORC1 OBR1 OBX1 SPM1] [ORC2 OBR2 SPM1]"],
  ],
  [
    "results of before are no orders of the patient's",
    { prior: true },
    ["PID|1", "ORC|NW", "OBR|1", "PID|2", "OBR|2", "OBX|2", "ORC|NW", "OBR|3"],
    ["PID1 [ORCNW OBR1] [ORCNW OBR3]"],
  ],
  [
    "results of before may have the control code of results",
    { prior: true },
    ["PID|1", "ORC|NW", "OBR|1", "PID|2", "ORC|RE", "OBR|2", "ORC|NW", "OBR|3"],
    ["PID1 [ORCNW OBR1] [ORCNW OBR3]"],
  ],
  [
    "a specimen above is of its own patient's orders only",
    { specimenAbove: true },
    ["PID|1", "SPM|1", "OBR|1", "PID|2", "OBR|2"],
    ["PID1 [OBR1 SPM1]", "PID2 [OBR2]"],
  ],
  [
    "results of before may come without a PID of their own",
    { prior: true },
    ["PID|1", "ORC|NW", "OBR|1", "ORC|PR", "OBR|2", "OBX|2"],
    ["PID1 [ORCNW OBR1]"],
  ],
])("%s", (_sentence, layout, segments, results) => {
  expect(groupedBy(layout, ...segments)).toEqual({ results, notes: [] })
})

test("what comes along with orders is named among results, where no map reads it", () => {
  const segments = ["PID|1", "AL1|1", "IN1|1", "ORC|1", "OBR|1", "DG1|1"]
  expect(grouped(...segments).notes).toEqual(["segments that no map reads: AL1, IN1, DG1"])
  expect(groupedBy({ background: true }, ...segments).notes).toEqual([])
})

test("a participation belongs to the order or the observation above, and to no specimen", () => {
  const segments = ["PID|1", "OBR|1", "PRT|1", "OBX|1", "PRT|2"]
  const [result] = resultsOf(reading([header, ...segments]))
  const [order] = result?.orders ?? []
  expect(order?.participants.map(name)).toEqual(["PRT1"])
  expect(order?.observed[0]?.participants.map(name)).toEqual(["PRT2"])
  const left = "segments that no map reads: PRT"
  expect(grouped("PID|1", "OBR|1", "SPM|1", "PRT|1").notes).toEqual([left])
  expect(grouped("PID|1", "OBR|1", "SPM|1", "PRT|1").notes).toEqual([left])
})
