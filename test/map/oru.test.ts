import { describe, expect, test } from "bun:test"
import type { Bundle, BundleEntry, DiagnosticReport } from "fhir/r4"
import { mapMessage, maps, ownedResources } from "../../src/map/index.ts"
import type { Mapped } from "../../src/mapping.ts"
import type { SourceSettings } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, message, resources } from "./build.ts"

const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
const obr = "OBR|1||L1^LAB|CBC^Full blood count^99KSM|||20260415080000||||||||||||||||||F"

describe("a result and the resource it is", () => {
  test("a final result after a preliminary one is the same observation and report", () => {
    const before = bundleOf([pid, obr, "OBX|1|NM|WBC^Leukocytes^99KSM||7.5|||||P|P"])
    const after = bundleOf([pid, obr, "OBX|1|NM|WBC^Leukocytes^99KSM||7.9||||||F"])
    for (const type of ["Observation", "DiagnosticReport"]) {
      expect(request(after, type)).toEqual(request(before, type))
      expect(request(after, type)?.method).toBe("PUT")
    }
  })

  test("a correction lands on the report it corrects, whatever the message is numbered", () => {
    const before = bundleOf([pid, obr], { controlId: "1" })
    const after = bundleOf([pid, obr.replace(/F$/, "C")], { controlId: "2" })
    expect(request(after, "DiagnosticReport")).toEqual(request(before, "DiagnosticReport"))
  })

  test("the results of two senders with one number do not meet", () => {
    const here = bundleOf([pid, obr], { sender: "LAB|NORTH" })
    const there = bundleOf([pid, obr], { sender: "LAB|SOUTH" })
    expect(request(here, "DiagnosticReport")).not.toEqual(request(there, "DiagnosticReport"))
  })

  test("the patient of two senders is one", () => {
    const here = bundleOf([pid, obr], { sender: "LAB|NORTH" })
    const there = bundleOf([pid, obr], { sender: "EMR|SOUTH" })
    expect(request(here, "Patient")).toEqual(request(there, "Patient"))
  })

  test("two services under one filler number are two reports", () => {
    const second = obr.replace("CBC^Full blood count", "ESR^Sedimentation")
    expect(resources(bundleOf([pid, obr, second]), "DiagnosticReport")).toHaveLength(2)
  })

  test("one service sent twice in one message is two reports, and the same two next time", () => {
    const twice = bundleOf([pid, obr, obr])
    expect(resources(twice, "DiagnosticReport")).toHaveLength(2)
    expect(
      bundleOf([pid, obr, obr], { controlId: "again" }).entry?.map(({ fullUrl }) => fullUrl),
    ).toContain(twice.entry?.[2]?.fullUrl)
  })

  test("where the sender's numbers start again every day, the day tells reports apart", () => {
    const next = obr.replace("20260415", "20260416")
    const source = { fillerRepeats: true }
    const first = request(bundleOf([pid, obr], { source }), "DiagnosticReport")
    expect(request(bundleOf([pid, next], { source }), "DiagnosticReport")).not.toEqual(first)
    const same = request(bundleOf([pid, obr]), "DiagnosticReport")
    expect(request(bundleOf([pid, next]), "DiagnosticReport")).toEqual(same)
  })

  test("without a filler number it is the placer's number and the time", () => {
    const placed = "OBR|1|P1^EMR||CBC^Full blood count^99KSM|||20260415080000"
    const later = placed.replace("0800", "0900")
    const first = request(bundleOf([pid, placed]), "DiagnosticReport")
    expect(request(bundleOf([pid, placed], { controlId: "2" }), "DiagnosticReport")).toEqual(first)
    expect(request(bundleOf([pid, later]), "DiagnosticReport")).not.toEqual(first)
  })

  test("without any number only the message itself is the same report", () => {
    const unnumbered = "OBR|1|||CBC^Full blood count^99KSM"
    const first = request(bundleOf([pid, unnumbered]), "DiagnosticReport")
    expect(request(bundleOf([pid, unnumbered]), "DiagnosticReport")).toEqual(first)
    const other = bundleOf([pid, unnumbered], { controlId: "2" })
    expect(request(other, "DiagnosticReport")).not.toEqual(first)
  })

  test("two specimens of one order are two, and each is the same next time", () => {
    const specimens = ["SPM|1|^S1||BLD", "SPM|2|^S2||UR", "SPM|3|||SER"]
    const first = resources(bundleOf([pid, obr, ...specimens]), "Specimen")
    expect(first).toHaveLength(3)
    const again = bundleOf([pid, obr, ...specimens], { controlId: "2" })
    expect(resources(again, "Specimen")).toEqual(first)
  })
})

describe("what a result only mentions", () => {
  test("is created where it is absent and never overwritten", () => {
    const bundle = bundleOf([
      pid,
      "PV1|1|O|||||||||||||||||V1^^^KISUMU",
      "ORC|RE|P1^EMR|L1^LAB|||||||||D-1^OTIENO^JAMES",
      obr,
    ])
    for (const type of ["Patient", "Encounter", "ServiceRequest", "Practitioner"]) {
      expect([type, request(bundle, type)?.method]).toEqual([type, "POST"])
      expect(request(bundle, type)?.ifNoneExist).toStartWith("identifier=urn:waystation:kisumu-01|")
    }
  })

  test("owns nothing, so that nothing is remembered of it", () => {
    expect(map([pid, obr])).toMatchObject({ told: [] })
    const header = "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|1|P|2.5.1"
    expect(ownedResources(maps, message([header, pid, obr]), context())).toEqual([])
  })

  test("a visit without a number is not made", () => {
    expect(resources(bundleOf([pid, "PV1|1|O|OPD", obr]), "Encounter")).toHaveLength(0)
  })

  test("an order is not made of the filler's own number", () => {
    expect(resources(bundleOf([pid, obr]), "ServiceRequest")).toHaveLength(0)
    expect(resources(bundleOf([pid, "ORC|", obr]), "ServiceRequest")).toHaveLength(0)
    const placed = obr.replace("OBR|1||", "OBR|1|P1|")
    expect(resources(bundleOf([pid, placed]), "ServiceRequest")).toHaveLength(1)
  })

  test("the time of a result's event is not taken for the time of its order", () => {
    const orc = (control: string) => `ORC|${control}|P1^EMR|L1^LAB||||||20260415070000`
    const [answered] = resources(bundleOf([pid, orc("RE"), obr]), "ServiceRequest")
    expect(answered?.authoredOn).toBeUndefined()
    const [ordered] = resources(bundleOf([pid, orc("NW"), obr]), "ServiceRequest")
    expect(ordered?.authoredOn).toBe("2026-04-15T07:00:00+03:00")
  })

  test("the placer's and the filler's numbers are not taken for one another", () => {
    const placed = bundleOf([pid, "OBR|1|77||X^Known^99KSM"])
    const filled = bundleOf([pid, "ORC|RE||77", "OBR|1||77|X^Known^99KSM"])
    expect(request(placed, "ServiceRequest")).not.toEqual(request(filled, "ServiceRequest"))
  })
})

describe("a report whose sender gives no status", () => {
  const statuses: [string, DiagnosticReport["status"]][] = [
    ["", "unknown"],
    ["F", "final"],
    ["P", "preliminary"],
    ["FP", "partial"],
    ["FC", "corrected"],
    ["FA", "amended"],
    ["FX", "final"],
    ["IP", "preliminary"],
    ["FQ", "unknown"],
    ["X", "cancelled"],
  ]
  test.each(statuses)("whose results are %j is %s", (codes, status) => {
    const observations = [...codes].map((code, at) => `OBX|1|NM|T${at}^T^99KSM||1||||||${code}`)
    const bundle = bundleOf([pid, obr.replace(/F$/, ""), ...observations])
    expect(resources(bundle, "DiagnosticReport")).toMatchObject([{ status }])
  })

  test("takes no result for final that nobody called final", () => {
    const bundle = bundleOf([pid, obr.replace(/F$/, ""), "OBX|1|NM|A^A^99KSM||1"])
    expect(resources(bundle, "Observation")).toMatchObject([{ status: "unknown" }])
    const called = bundleOf([pid, obr, "OBX|1|NM|A^A^99KSM||1"])
    expect(resources(called, "Observation")).toMatchObject([{ status: "final" }])
  })
})

describe("a message that is not as it should be", () => {
  test("without a PID it is held", () => {
    expect(map([obr])).toEqual({ problem: "no PID segment" })
  })

  test("with a result above its patient it is held: whose it is can't be told", () => {
    const obx = "OBX|1|NM|WBC^Leukocytes^99KSM||7.5||||||F"
    const problem = "OBR above the first PID: it can't be told whose it is"
    expect(map([obr, obx, pid])).toEqual({ problem })
    expect(map([obr, obx, pid, obr, obx])).toEqual({ problem })
  })

  test("of a patient without a number it is filed under the message alone, with a note", () => {
    const mapped = map(["PID|1||||OTIENO^MARY", obr])
    expect(mapped).toMatchObject({
      notes: ["PID-3 names no patient number: the patient is known by this message alone"],
    })
    const other = bundleOf(["PID|1||||OTIENO^MARY", obr], { controlId: "2" })
    expect(request(other, "Patient")).not.toEqual(
      request(bundleOf(["PID|1||||OTIENO^MARY", obr]), "Patient"),
    )
  })

  test("an observation before any order is the patient's, and in no report", () => {
    const bundle = bundleOf([pid, "OBX|1|NM|TEMP^Temperature^99KSM||37.2|Cel|||||F"])
    expect(resources(bundle, "Observation")).toHaveLength(1)
    expect(resources(bundle, "DiagnosticReport")).toHaveLength(0)
  })

  test("a parent result of another message is noted", () => {
    const child = `${obr}|OTHER^1`
    expect(map([pid, child, "OBX|1|NM|A^A^99KSM||1||||||F"])).toMatchObject({
      notes: ["OBR-26: the parent result is not in this message"],
    })
  })

  test("a file that is not in the encoding it names is kept as text", () => {
    const mapped = map([pid, obr, "OBX|1|ED|A^A^99KSM||^TEXT^plain^Base64^not in base64!||||||F"])
    expect(mapped).toMatchObject({
      notes: ["OBX-5: the data is not in the encoding it names; it is kept as text"],
    })
  })
})

interface Settings {
  controlId?: string
  sender?: string
  source?: SourceSettings
}

function map(segments: string[], settings: Settings = {}): Mapped {
  const { controlId = "1", sender = "LAB|NORTH", source = {} } = settings
  const msh = `MSH|^~\\&|${sender}|||20260415120000||ORU^R01|${controlId}|P|2.5.1`
  return mapMessage(maps, message([msh, ...segments]), context({ source }))
}

function bundleOf(segments: string[], settings: Settings = {}): Bundle {
  const mapped = map(segments, settings)
  if ("problem" in mapped) throw new Error(mapped.problem)
  expect(invalid(mapped.bundle)).toEqual([])
  return mapped.bundle
}

function request(bundle: Bundle, type: string): BundleEntry["request"] {
  return (bundle.entry ?? []).find(({ resource }) => resource?.resourceType === type)?.request
}

test.each(["R30", "R31", "R32", "R40"])("an ORU^%s is read as a result", (event) => {
  const lines = [`MSH|^~\\&|POCT|KISUMU|||20260415||ORU^${event}|1|P|2.6`, pid, obr]
  const mapped = mapMessage(maps, message([...lines, "OBX|1|NM|HB||9||||||F"]), context())
  if ("problem" in mapped) throw new Error(mapped.problem)
  expect(resources(mapped.bundle, "Observation")[0]?.valueQuantity?.value).toBe(9)
})
