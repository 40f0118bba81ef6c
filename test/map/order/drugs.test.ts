import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { maps, ownedResources } from "../../../src/map/index.ts"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"
import { header, pid } from "./life.ts"

const rxo = [
  "ORC|NW|RX1^EMR|||||||20260415111500|||D-118^OTIENO^JAMES",
  "RXO|AMOX^Amoxicillin^99KSM|500||mg^^UCUM",
  "NTE|1||With food",
  "RXR|PO",
]

/** What a message makes over what those before it have told. */
function after(told: readonly Told[], type: string, segments: readonly string[]) {
  const sent = message([header(type), pid, ...segments], { id: told.length + 1 })
  const asked = ownedResources(maps, sent, context())
  return mapped(
    sent,
    told.filter(({ resource }) => asked.includes(resource)),
  )
}

function withoutOrigin({ entry = [] }: Bundle) {
  return entry.filter(({ resource }) => resource?.resourceType !== "Provenance")
}

describe("a drug ordered by an ORM", () => {
  test("is what an OMP makes of it, so that what is dispensed of it finds it", () => {
    const [general, special] = [after([], "ORM^O01", rxo), after([], "OMP^O09", rxo)]
    expect(withoutOrigin(general.bundle)).toEqual(withoutOrigin(special.bundle))
    expect(general.told).toEqual(special.told)
    expect(general.notes).toEqual([])
  })

  test("stands beside a service ordered with it, and each is one", () => {
    const service = ["ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB^Haemoglobin^99KSM", "NTE|1||Fasting"]
    const { bundle } = after([], "ORM^O01", [...service, ...rxo])
    const [request] = resources(bundle, "ServiceRequest")
    const [prescription] = resources(bundle, "MedicationRequest")
    expect(request?.note?.map(({ text }) => text)).toEqual(["Fasting"])
    expect(prescription?.note?.map(({ text }) => text)).toEqual(["With food"])
    expect(resources(bundle, "ServiceRequest")).toHaveLength(1)
    expect(invalid(bundle)).toEqual([])
  })
})

describe("an ORC alone", () => {
  const { told } = after([], "ORM^O01", rxo)

  test("cancels the drug of its number, where the box knows one", () => {
    const { bundle } = after(told, "ORM^O01", ["ORC|CA|RX1^EMR"])
    const [prescription] = resources(bundle, "MedicationRequest")
    expect(prescription?.status).toBe("cancelled")
    expect(prescription?.medicationReference?.display).toBe("Amoxicillin")
    expect(resources(bundle, "ServiceRequest")).toEqual([])
  })

  test("answers the drug of its number", () => {
    const { bundle } = after(told, "ORR^O02", ["MSA|AA|C-1", "ORC|UA|RX1^EMR"])
    expect(resources(bundle, "MedicationRequest")[0]?.status).toBe("cancelled")
    expect(resources(bundle, "Task")[0]?.status).toBe("rejected")
  })

  test("of a number that both have is of the service", () => {
    const service = after([], "OML^O21", ["ORC|NW|RX1^EMR", "OBR|1|RX1^EMR||HB^Haemoglobin^99KSM"])
    const { bundle } = after([...told, ...service.told], "ORM^O01", ["ORC|CA|RX1^EMR"])
    expect(resources(bundle, "ServiceRequest")[0]?.code?.coding?.[0]?.code).toBe("HB")
    expect(resources(bundle, "MedicationRequest")).toEqual([])
  })

  test("of a number that no drug has is of a service", () => {
    const { bundle } = after(told, "ORM^O01", ["ORC|CA|P7^EMR"])
    expect(resources(bundle, "ServiceRequest")[0]?.status).toBe("revoked")
    expect(resources(bundle, "MedicationRequest")).toEqual([])
  })
})
