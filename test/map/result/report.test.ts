import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const header = "MSH|^~\\&|LAB|NORTH|||20260415120000||ORU^R01|1|P|2.5.1"
const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
const obr = "OBR|1||L1^LAB|CBC^Full blood count^99KSM|||20260415080000||||||||||||||||||F"

describe("what its laboratory withdraws", () => {
  test("the withdrawn lines of a text are no part of what is said in their place", () => {
    const lines = [
      "OBX|1|TX|C^Comment^99KSM||Growth of E. coli||||||D",
      "NTE|1||Seen on two plates",
      "OBX|2|TX|C^Comment^99KSM||No growth||||||C",
    ]
    const [made] = resources(bundleOf([pid, obr, ...lines]), "Observation")
    expect(made).toMatchObject({ status: "corrected", valueString: "No growth" })
    expect(made?.note).toBeUndefined()
    expect(mapped(message([header, pid, obr, ...lines])).notes).toEqual([
      "OBX-11: withdrawn lines of a text are left out of it",
    ])
  })

  test("a text of which every line is withdrawn is an error, and the same observation", () => {
    const line = "OBX|1|TX|C^Comment^99KSM||Growth||||||F"
    const before = bundleOf([pid, obr, line])
    const after = bundleOf([pid, obr, line.replace(/F$/, "W"), line.replace(/F$/, "W")])
    expect(request(after, "Observation")).toEqual(request(before, "Observation"))
    expect(resources(after, "Observation")).toMatchObject([
      { status: "entered-in-error", valueString: "Growth\nGrowth" },
    ])
  })

  test.each(["", '""'])(
    "a document withdrawn without its file (%s) is no longer current",
    (file) => {
      const pdf = "OBX|1|ED|PDF^Report^99KSM||^AP^PDF^Base64^JVBERi0xLjQ=||||||F"
      const before = bundleOf([pid, obr, pdf])
      const after = bundleOf([pid, obr, `OBX|1|ED|PDF^Report^99KSM||${file}||||||D`])
      expect(request(after, "DocumentReference")).toEqual(request(before, "DocumentReference"))
      expect(resources(after, "DocumentReference")[0]?.status).toBe("entered-in-error")
    },
  )

  test("a file that is withdrawn is not what the report presents", () => {
    const pdf = "OBX|1|ED|PDF^Report^99KSM||^AP^PDF^Base64^JVBERi0xLjQ=||||||D"
    const [report] = resources(bundleOf([pid, obr, pdf]), "DiagnosticReport")
    expect(report?.presentedForm).toBeUndefined()
  })
})

function bundleOf(segments: string[]): Bundle {
  const { bundle } = mapped(message([header, ...segments]))
  expect(invalid(bundle)).toEqual([])
  return bundle
}

function request(bundle: Bundle, type: string) {
  return bundle.entry?.find(({ resource }) => resource?.resourceType === type)?.request
}
