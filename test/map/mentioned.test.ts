import { describe, expect, test } from "bun:test"
import { mapMessage, maps } from "../../src/map/index.ts"
import { context, mapped, message, resources } from "./build.ts"

const header = (type: string) => `MSH|^~\\&|EMR|KISUMU|||20260415120000||${type}|1|P|2.5.1`
const grace = "PID|1||KSM-1^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
const peter = "PID|1||KSM-2^^^KISUMU^MR||OTIENO^PETER||19790101|M"

/** What is said of one patient in messages that have no more than one. */
const ofOne: [type: string, segments: string[]][] = [
  ["VXU^V04", ["ORC|RE||V1", "RXA|0|1|20260415||20^DTaP^CVX|0.5|mL"]],
  ["MDM^T02", ["TXA|1|CN||20260415||||||||D1", "OBX|1|TX|N||stable||||||F"]],
  ["PPR^PC1", ["PRB|AD|20260415|I10^Hypertension^I10|P1"]],
  ["REF^I12", ["RF1|P|R||||REF1", "PRD|RP|WERE^PAUL", "AL1|1|DA|PEN^Penicillin^L"]],
]

function map(type: string, ...segments: string[]) {
  return mapMessage(maps, message([header(type), ...segments]), context())
}

describe("a message that speaks of one patient", () => {
  test.each(ofOne)("%s is held where another follows, whose part would be theirs", (type, of) => {
    expect(map(type, grace, ...of)).not.toHaveProperty("problem")
    expect(map(type, grace, ...of, peter, ...of)).toEqual({
      problem: "PID: several patients in a message of one; have its sender split it",
    })
  })

  test("may repeat the PID of the same patient", () => {
    const [vxu, vaccine] = ofOne[0] ?? ["", []]
    expect(map(vxu, grace, ...vaccine, grace)).not.toHaveProperty("problem")
    const unnumbered = "PID|1||||OTIENO^PETER"
    expect(map(vxu, unnumbered, ...vaccine, unnumbered)).not.toHaveProperty("problem")
    expect(map(vxu, unnumbered, ...vaccine, "PID|1||||OTIENO^JANE")).toHaveProperty("problem")
  })
})

describe("orders and results of before", () => {
  const order = (number: string) => [`ORC|NW|${number}`, `OBR|1|${number}||HB^Haemoglobin^L`]
  const before = ["ORC|PR||F1", "OBR|1||F1|HB^Haemoglobin^L", "OBX|1|NM|HB||9||||||F"]

  test("are of somebody else below their PID, and an order there is held", () => {
    expect(map("OML^O21", grace, ...order("P1"), peter, ...order("P2"))).toEqual({
      problem: "PID: orders of several patients in one message; have its sender split it",
    })
  })

  test("may stand between two orders of one patient", () => {
    const all = [grace, ...order("P1"), grace, ...before, ...order("P2")]
    const { bundle } = mapped(message([header("OML^O21"), ...all]))
    expect(resources(bundle, "ServiceRequest").length).toBeGreaterThan(1)
    expect(resources(bundle, "Patient")).toHaveLength(1)
  })

  test("of two patients in an ORM are each one's own", () => {
    const all = [grace, ...order("P1"), peter, ...order("P2")]
    const { bundle } = mapped(message([header("ORM^O01"), ...all]))
    const subjects = resources(bundle, "ServiceRequest").map(({ subject }) => subject.reference)
    expect(new Set(subjects).size).toBe(2)
  })
})
