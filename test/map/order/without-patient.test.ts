import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../../src/map/index.ts"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"
import { header, pid } from "./life.ts"

const ordered = mapped(
  message([header("OML^O21"), pid, "ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB^Haemoglobin^99KSM"]),
)

function answered(orc: string, known: readonly Told[], type = "ORL^O22") {
  const sent = message([header(type), "MSA|AA|C-1", orc, "NTE|1||Tomorrow"])
  const asked = ownedResources(maps, sent, context())
  return mapped(
    sent,
    known.filter(({ resource }) => asked.includes(resource)),
  )
}

describe("an answer without the patient", () => {
  test("is of the order, and of the patient, that the box was told with its number", () => {
    const { bundle, notes } = answered("ORC|OK|P1^EMR|F1^LAB", ordered.told)
    const [order] = resources(ordered.bundle, "ServiceRequest")
    const [patient] = resources(ordered.bundle, "Patient")
    const [task] = resources(bundle, "Task")
    expect(task?.focus?.identifier).toEqual(order?.identifier?.[0])
    expect(task?.for?.identifier).toEqual(patient?.identifier?.[0])
    expect(task?.note?.[0]?.text).toBe("Tomorrow")
    expect(notes).toEqual([])
    expect(invalid(bundle)).toEqual([])
  })

  test("is the Task of the same answer with the patient", () => {
    const whole = mapped(
      message([header("ORL^O22"), pid, "ORC|OK|P1^EMR|F1^LAB"]),
      ordered.told.filter(({ resource }) => resource.startsWith("Service")),
    )
    const [one] = resources(whole.bundle, "Task")
    const [other] = resources(answered("ORC|OK|P1^EMR", ordered.told).bundle, "Task")
    expect(other?.identifier).toEqual(one?.identifier)
  })

  test("that is sent again turns no newer one back, with the patient or without", () => {
    const cancelled = mapped(
      message([header("ORL^O22"), pid, "ORC|CR|P1^EMR"], { id: 9 }),
      ordered.told,
    )
    const { bundle } = answered("ORC|OK|P1^EMR", cancelled.told)
    const entry = bundle.entry?.find(({ resource }) => resource?.resourceType === "Task")
    expect(entry?.request?.method).toBe("POST")
  })

  test("finds a prescription too, in any family, and by its filler's number", () => {
    const header107 = header("OMP^O09")
    const { told, bundle } = mapped(
      message([header107, pid, "ORC|NW|RX1^EMR|F9^PHARM", "RXO|AMOX^Amoxicillin^99KSM"]),
    )
    const [prescription] = resources(bundle, "MedicationRequest")
    for (const type of ["ORR^O02", "ORP^O10"]) {
      const [task] = resources(answered("ORC|OK||F9^PHARM", told, type).bundle, "Task")
      expect(task?.focus?.identifier).toEqual(prescription?.identifier?.[0])
    }
  })

  test("of a number that the box does not know names the order by that, and says so", () => {
    const { bundle, notes } = answered("ORC|UA|P2^EMR", ordered.told)
    const [task] = resources(bundle, "Task")
    expect(task?.focus?.identifier?.value).toBe("P2")
    expect(task?.for).toBeUndefined()
    expect(notes).toHaveLength(1)
    expect(notes[0]).toStartWith("no PID segment, and no order of its number is known here")
  })

  test("of a number that two patients have is neither's", () => {
    const other = mapped(
      message([header("OML^O21"), "PID|1||77^^^KISUMU^MR", "ORC|NW|P1^EMR", "OBR|1|||HB"]),
    )
    const { bundle, notes } = answered("ORC|OK|P1^EMR", [...ordered.told, ...other.told])
    expect(resources(bundle, "Task")[0]?.for).toBeUndefined()
    expect(notes[0]).toContain("several have it")
  })

  test("of a number that several services of one patient have is of that patient", () => {
    const services = ["ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB", "OBR|2|P1^EMR||ESR"]
    const { told } = mapped(message([header("OML^O21"), pid, ...services]))
    const { bundle, notes } = answered("ORC|OK|P1^EMR", told)
    const [task] = resources(bundle, "Task")
    expect(task?.for?.identifier).toBeDefined()
    expect(task?.focus?.identifier?.value).toBe("P1")
    expect(notes).toEqual([])
  })
})
