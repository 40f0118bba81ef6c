import { expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"

function order(...segments: string[]) {
  return ["MSH|^~\\&|EMR|KISUMU|||20260415120000||OML^O21|C-1|P|2.5.1", pid, ...segments]
}

function visit(number: string): string {
  return `PV1|1|O|OPD^2^^KISUMU||||||||||||||||${number}`
}

test("an order that moves to another visit keeps what came along with it in the first", () => {
  const along = [
    "OBR|1|P1^EMR||HB",
    "DG1|1||D50.9^Anaemia^I10",
    "OBX|1|ST|A^Asked^99KSM||yes||||||F",
  ]
  const first = mapped(message(order(visit("V-1"), "ORC|NW|P1^EMR", ...along), { id: 1 }))
  const moved = mapped(message(order(visit("V-2"), "ORC|XO|P1^EMR"), { id: 2 }), first.told)
  expect(invalid(moved.bundle)).toEqual([])
  const [request] = resources(moved.bundle, "ServiceRequest")
  expect(request?.supportingInfo).toHaveLength(1)
  expect(request?.reasonReference).toHaveLength(1)
  const visits = resources(moved.bundle, "Encounter").flatMap(({ identifier = [] }) => identifier)
  expect(visits.map(({ value }) => value)).toContain("V-2")
})

test("nothing of the results of before is overwritten, their specimen neither", () => {
  const { bundle } = mapped(
    message(
      order(
        ...["ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB"],
        ...[pid, "ORC|PR||R-1^COUNTY", "OBR|1||R-1^COUNTY|HB|||20260301||||||||||||||||||F"],
        ...["OBX|1|NM|HB||9||||||F", "SPM|1|^B1&COUNTY||BLD^Blood^HL70487"],
      ),
    ),
  )
  for (const { resource, request } of bundle.entry ?? []) {
    const type = resource?.resourceType ?? ""
    if (["DiagnosticReport", "Observation", "Specimen"].includes(type)) {
      expect([type, request?.method]).toEqual([type, "POST"])
    }
  }
  expect(resources(bundle, "Specimen")).toHaveLength(1)
})
