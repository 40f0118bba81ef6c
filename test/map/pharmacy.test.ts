import { describe, expect, test } from "bun:test"
import { mapMessage, maps } from "../../src/map/index.ts"
import { invalid } from "../validate.ts"
import { context, mapped, resources } from "./build.ts"
import { bundleOf, own, sent } from "./pharmacy.ts"

describe("a prescription", () => {
  const rxe = "RXE||AMOX^Amoxicillin^99KSM|1||TAB"

  test("is one, whether the prescriber tells of it or the pharmacy", () => {
    const asked = bundleOf("OMP^O09", ["ORC|NW|RX1^EMR", "RXO|AMOX^Amoxicillin^99KSM"])
    const encoded = bundleOf("RDE^O11", ["ORC|NW|RX1^EMR|F9^PHARM", rxe], { sender: "OTHER" })
    expect(own(asked, "MedicationRequest")).toEqual(own(encoded, "MedicationRequest"))
  })

  test("of one number twice in a message is two, so that no drug is lost", () => {
    const bundle = bundleOf("RDE^O11", ["ORC|DC|RX1", rxe, "ORC|NW|RX1", "RXE||IBU^Ibuprofen|2"])
    expect(new Set(own(bundle, "MedicationRequest")).size).toBe(2)
    const drugs = resources(bundle, "MedicationRequest").map(
      ({ medicationReference }) => medicationReference?.display,
    )
    expect(drugs).toEqual(["Amoxicillin", "Ibuprofen"])
  })

  test("without any number is known by its message alone", () => {
    const [one] = own(bundleOf("RDE^O11", ["ORC|NW", rxe]), "MedicationRequest")
    const [other] = own(bundleOf("RDE^O11", ["ORC|NW", `${rxe}|`]), "MedicationRequest")
    expect(one).not.toBe(other)
  })

  test("has the drug and the dose of one segment, never of two", () => {
    const bundle = bundleOf("RDE^O11", [
      "ORC|NW|RX1",
      "RXO|BRAND^Brand 500|2||CAP|||||T",
      "RXR|IV",
      "RXE||GENERIC^Generic 250",
      "RXR|PO",
    ])
    const [request] = resources(bundle, "MedicationRequest")
    expect(request?.medicationReference?.display).toBe("Generic 250")
    expect(request?.dosageInstruction?.[0]?.doseAndRate).toBeUndefined()
    expect(request?.dosageInstruction?.[0]?.route?.coding?.[0]?.code).toBe("PO")
    expect(request?.substitution?.allowedCodeableConcept?.coding?.[0]?.code).toBe("T")
  })

  test.each([
    ["NW", "", "active"],
    ["CA", "", "cancelled"],
    ["DC", "", "stopped"],
    ["HD", "", "on-hold"],
    ["NW", "ER", "entered-in-error"],
    ["XO", "CM", "completed"],
    ["SC", "DC", "stopped"],
    ["SC", "", "unknown"],
    ["QQ", "", "unknown"],
  ] as const)("with ORC-1 %s and ORC-5 '%s' is %s", (control, status, expected) => {
    const bundle = bundleOf("RDE^O11", [`ORC|${control}|RX1|||${status}`, rxe])
    expect(resources(bundle, "MedicationRequest")[0]?.status).toBe(expected)
  })

  test("only mentioned by what was given out is created, and never overwritten", () => {
    const rxd = "RXD|1|AMOX^Amoxicillin^99KSM|20260415|20"
    const { entry = [] } = bundleOf("RDS^O13", ["ORC|RE|RX1", rxe, rxd])
    const methods = entry.map(({ resource, request }) => [resource?.resourceType, request?.method])
    expect(methods).toContainEqual(["MedicationRequest", "POST"])
    expect(methods).toContainEqual(["MedicationDispense", "PUT"])
  })
})

describe("a dispense", () => {
  const dispense = (rxd: string) =>
    own(bundleOf("RDS^O13", ["ORC|RE|RX1", rxd]), "MedicationDispense")

  test("corrected on its day lands on the same, and next month's refill is another", () => {
    const first = dispense("RXD|1|A^Amox|202604151000|20")
    expect(dispense("RXD|1|A^Amox|202604151130|21")).toEqual(first)
    expect(dispense("RXD|1|A^Amox|202605151000|20")).not.toEqual(first)
    expect(dispense("RXD|2|A^Amox|202604151000|20")).not.toEqual(first)
  })

  test("of an order that is cancelled is cancelled with it, and says so", () => {
    const made = mapped(sent("RDS^O13", ["ORC|OC|RX1", "RXD|1|A^Amox|20260415|20"]))
    expect(resources(made.bundle, "MedicationDispense")[0]?.status).toBe("cancelled")
    expect(made.notes).toContain("ORC: the order is cancelled, and so is what RXD tells of")
  })
})

describe("doses of one order", () => {
  const given = (rxa: readonly string[]) => bundleOf("RAS^O17", ["ORC|RE|RX1", ...rxa])

  test("are as many as were given, also where their sender counts 1 for ever", () => {
    const bundle = given(["RXA|0|1|202604150800||A^Amox|1", "RXA|0|1|202604151600||A^Amox|1"])
    expect(new Set(own(bundle, "MedicationAdministration")).size).toBe(2)
  })

  test("share the route that stands below them all, and not the next one's", () => {
    const bundle = given([
      "RXA|0|1|202604150800||A^Amox|1",
      "RXA|0|2|202604150801||B^Ibu|1",
      "RXR|PO",
      "RXA|0|3|202604150900||C^Genta|1",
      "RXR|IM",
    ])
    const routes = resources(bundle, "MedicationAdministration").map(
      ({ dosage }) => dosage?.route?.coding?.[0]?.code,
    )
    expect(routes).toEqual(["PO", "PO", "IM"])
  })

  test("told in error are the ones that were told", () => {
    const told = given(["RXA|0|1|202604150800||A^Amox|1"])
    const deleted = given(["RXA|0|1|202604150800||A^Amox|1|||||||||||||||D"])
    expect(own(deleted, "MedicationAdministration")).toEqual(own(told, "MedicationAdministration"))
    expect(resources(deleted, "MedicationAdministration")[0]?.status).toBe("entered-in-error")
  })

  test("without a time say that it is not known, as R4 requires one", () => {
    const bundle = given(["RXA|0|1|||A^Amox|1"])
    expect(invalid(bundle)).toEqual([])
    const [dose] = resources(bundle, "MedicationAdministration")
    expect(dose?.effectivePeriod?.extension?.[0]?.valueCode).toBe("unknown")
  })
})

describe("an answer", () => {
  test("settles the request it answers: both are one Task", () => {
    const asked = bundleOf("OMP^O09", ["ORC|CA|RX1^EMR"], { sender: "EMR" })
    const answered = bundleOf("ORP^O10", ["MSA|AA|P1", "ORC|UC|RX1^EMR|F1^PHARM"])
    expect(own(answered, "Task")[0]).toEqual(own(asked, "Task")[0])
    const statuses = [asked, answered].map((bundle) =>
      resources(bundle, "Task").map(({ status }) => status),
    )
    // The second is that of fulfilling it, with which the pharmacy goes on.
    expect(statuses).toEqual([["requested"], ["rejected", "in-progress"]])
  })

  test("that repeats the order only mentions it: what it leaves out stays", () => {
    const { entry = [] } = bundleOf("RRE^O12", ["MSA|AA|P1", "ORC|OK|RX1", "RXE||A^Amox|1||TAB"])
    const request = entry.find(({ resource }) => resource?.resourceType === "MedicationRequest")
    expect(request?.request?.method).toBe("POST")
    const task = entry.find(({ resource }) => resource?.resourceType === "Task")
    expect(task?.resource).toMatchObject({
      status: "accepted",
      focus: { reference: request?.fullUrl },
    })
  })

  test("that was not accepted says so", () => {
    const { notes } = mapped(sent("RRE^O12", ["MSA|AE|P1", "ORC|UA|RX1"]))
    expect(notes).toEqual(["MSA-1: what was sent was refused as a whole"])
  })

  test("that names no order is done with where it accepts, and held where it refuses", () => {
    const accepted = mapped(sent("RRE^O12", ["MSA|AA|P1"], { pid: "" }))
    expect(accepted.bundle.entry).toBeUndefined()
    expect(accepted.notes).toEqual([
      "it accepts what it answers (MSA-1) and names no order: there is nothing to send",
    ])
    for (const pid of ["", undefined]) {
      const refused = sent("RRE^O12", ["MSA|AR|P1"], { pid })
      expect(mapMessage(maps, refused, context())).toEqual({
        problem: "the orders it answers were refused as a whole (MSA-1), and it names none",
      })
    }
  })

  test("an order of nobody is held", () => {
    const nobody = sent("RDE^O11", ["ORC|NW|RX1", "RXE||A^Amox"], { pid: "" })
    expect(mapMessage(maps, nobody, context())).toEqual({ problem: "no PID segment" })
  })
})

test("what is charged for a drug is a charge, with its own note", () => {
  const bundle = bundleOf("RDS^O13", [
    "ORC|RE|RX1",
    "RXD|1|A^Amox|20260415|20",
    "FT1|1|T-1||20260415||CG|A^Amox^99KSM|||20",
    "NTE|1||Paid at the window",
  ])
  const [charge] = resources(bundle, "ChargeItem")
  expect(charge?.note?.map(({ text }) => text)).toEqual(["Paid at the window"])
  expect(resources(bundle, "MedicationDispense")[0]?.note).toBeUndefined()
  expect(invalid(bundle)).toEqual([])
})

describe("what stands below something is its own", () => {
  test("the lines of a text are one observation", () => {
    const line = (text: string) => `OBX|1|TX|NOTE^Remark^99KSM||${text}||||||F`
    const bundle = bundleOf("RAS^O17", ["ORC|RE|RX1", "RXA|0|1|20260415||A", line("a"), line("b")])
    const values = resources(bundle, "Observation").map(({ valueString }) => valueString)
    expect(values).toEqual(["a\nb"])
  })

  test("notes under the order, the drug and the observation", () => {
    const bundle = bundleOf("RAS^O17", [
      "NTE|1||of the patient",
      "ORC|RE|RX1",
      "RXO|A^Amox",
      "NTE|1||of the order",
      "RXA|0|1|202604150800||A^Amox|1",
      "NTE|1||of the dose",
      "OBX|1|NM|8867-4^Heart rate^LN||88|/min|||||F",
      "NTE|1||of the pulse",
    ])
    const texts = (["MedicationRequest", "MedicationAdministration", "Observation"] as const).map(
      (type) => resources(bundle, type).flatMap(({ note }) => note?.map(({ text }) => text)),
    )
    expect<unknown>(texts).toEqual([["of the order"], ["of the dose"], ["of the pulse"]])
    const [dose] = resources(bundle, "MedicationAdministration")
    expect(dose?.supportingInformation).toHaveLength(1)
  })
})
