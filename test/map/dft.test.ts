import { describe, expect, test } from "bun:test"
import { invalid } from "../validate.ts"
import { mapped, message, resources } from "./build.ts"

const pid = "PID|1||KSM-20455^^^KISUMU^MR||OKOTH^BENARD"
const charge = "FT1|1|T-1||20260415||CG|CBC^Full blood count^99KSM|||2|1600&KES"

function bundleOf(lines: readonly string[], { sender = "BILLING|KISUMU", type = "P03" } = {}) {
  const header = `MSH|^~\\&|${sender}|||20260415120000||DFT^${type}|D1|P|2.5.1`
  const made = mapped(message([header, pid, ...lines]))
  expect(invalid(made.bundle)).toEqual([])
  return made
}

function charges(lines: readonly string[], given: Parameters<typeof bundleOf>[1] = {}) {
  return resources(bundleOf(lines, given).bundle, "ChargeItem")
}

const own = (lines: readonly string[], given: Parameters<typeof bundleOf>[1] = {}) =>
  charges(lines, given).map(({ identifier }) => identifier?.[0]?.value)

describe("a charge", () => {
  test("is the same one when it is sent again with another price", () => {
    expect(own([charge.replace("1600", "1700")])).toEqual(own([charge]))
  })

  test("is another one of another sender, though the number is the same", () => {
    expect(own([charge], { sender: "PHARMACY|KISUMU" })).not.toEqual(own([charge]))
  })

  test("and its credit come to nothing, and stay two", () => {
    const credit = charge.replace("|CG|", "|CD|")
    const both = charges([charge, credit])
    expect(new Set(own([charge, credit])).size).toBe(2)
    expect(both.reduce((sum, { priceOverride }) => sum + (priceOverride?.value ?? 0), 0)).toBe(0)
    expect(both.map(({ quantity }) => quantity?.value)).toEqual([2, -2])
  })

  test("of less than nothing stays so", () => {
    const [less] = charges([charge.replace("|2|1600", "|-2|-1600")])
    expect([less?.quantity?.value, less?.priceOverride?.value]).toEqual([-2, -1600])
  })

  test("without a number is known by its day and service, and counted where both are one", () => {
    const numberless = charge.replace("T-1", "")
    const next = numberless.replace("20260415", "20260416")
    expect(new Set(own([numberless, numberless, next])).size).toBe(3)
    expect(own([numberless, numberless, next])).toEqual(own([numberless, numberless, next]))
  })

  test("of a kind that no table has, keeps its code beside an unknown status", () => {
    const [strange] = charges([charge.replace("|CG|", "|ZZ|")])
    expect(strange?.status).toBe("unknown")
    expect(JSON.stringify(strange?._status)).toContain("ZZ")
    const { notes } = bundleOf([charge.replace("|CG|", "|ZZ|")])
    expect(notes).toContain("FT1-6: its code is not of table 0017")
  })

  test("refers to what was done under it, and no other charge does", () => {
    const lines = [charge, "PR1|1||X1^Suture^99KSM||20260415", charge.replace("T-1", "T-2")]
    const [first, second] = charges(lines)
    expect(first?.service).toHaveLength(1)
    expect(second?.service).toBeUndefined()
  })

  test("has the unit's amount for its price where there is only one unit", () => {
    const single = charge.replace("|2|1600&KES", "|1||800&KES")
    expect(charges([single])[0]?.priceOverride).toEqual({ value: 800, currency: "KES" })
    const several = charge.replace("|2|1600&KES", "|2||800&KES")
    expect(charges([several])[0]?.priceOverride).toBeUndefined()
    expect(bundleOf([several]).notes.join()).toContain("FT1-12")
  })
})

test("a diagnosis behind all charges is of the visit in a P03, and of the charge in a P11", () => {
  const lines = [charge, "DG1|1||B54^Malaria^I10"]
  expect(charges(lines)[0]?.supportingInformation).toBeUndefined()
  expect(charges(lines, { type: "P11" })[0]?.supportingInformation).toHaveLength(1)
})

test("an order without a result is mentioned, and the laboratory's report is left to it", () => {
  const { bundle } = bundleOf([
    "ORC|RE|P-1|F-1",
    "OBR|1|P-1|F-1|CBC^Full blood count^99KSM",
    charge,
  ])
  expect(resources(bundle, "ServiceRequest")).toHaveLength(1)
  expect(resources(bundle, "DiagnosticReport")).toEqual([])
})

test("one note belongs to the charge above it, one under a diagnosis has no place", () => {
  const lines = [charge, "NTE|1||Twice", "DG1|1||B54^Malaria^I10", "NTE|1||By phone"]
  expect(charges(lines)[0]?.note).toEqual([{ text: "Twice" }])
  expect(bundleOf(lines).notes).toContain("NTE under DG1: FHIR has no place for it")
})

describe("a procedure", () => {
  const procedure = (pr1: string) => resources(bundleOf([pr1]).bundle, "Procedure")[0]

  test("ends so many minutes later, over midnight too, and none where only a day is told", () => {
    const late = procedure("PR1|1||X1^Suture^99KSM||202604152350||20")
    expect(late?.performedPeriod?.end).toBe("2026-04-16T00:10:00+03:00")
    const day = procedure("PR1|1||X1^Suture^99KSM||20260415||20")
    expect(day?.performedDateTime).toBe("2026-04-15")
    const absurd = procedure("PR1|1||X1^Suture^99KSM||202604152350||99999999999")
    expect(absurd?.performedDateTime).toBe("2026-04-15T23:50:00+03:00")
  })

  test("that its sender takes back is an error, and the same one", () => {
    const done = "PR1|1||X1^Suture^99KSM||20260415||||||||||||||PX-1|"
    expect(procedure(done)?.status).toBe("completed")
    expect(procedure(`${done}D`)?.status).toBe("entered-in-error")
    expect(procedure(`${done}D`)?.identifier).toEqual(procedure(done)?.identifier)
  })

  test("names a modifier behind a CPT code only", () => {
    const modifier = "|20260415|||||||||||26"
    const cpt = procedure(`PR1|1||71045^X-ray^C4|${modifier}`)
    expect(cpt?.code?.coding?.[0]?.code).toBe("71045:26")
    expect(procedure(`PR1|1||X1^Suture^99KSM|${modifier}`)?.code?.coding?.[0]?.code).toBe("X1")
  })
})

describe("who is insured", () => {
  const relation = (in1: string, in2: string[] = []) => {
    const [coverage] = resources(bundleOf([in1, ...in2]).bundle, "Coverage")
    return coverage?.relationship?.coding?.[0]?.code
  }
  const in1 = (of: string) => `IN1|1|P1|NHIF|Fund||||||||||||AKINYI^ROSE|${of}`

  test("as the patient's parent has the patient for a child, and the other way round", () => {
    expect(relation(in1("MTH"))).toBe("child")
    expect(relation(in1("CHD"))).toBe("parent")
    expect(relation(in1("SPO"))).toBe("spouse")
    expect(relation(in1("FND"))).toBe("other")
    expect(relation(in1(""))).toBeUndefined()
  })

  test("is told by IN2-72 where both say so", () => {
    expect(relation(in1("PAR"), [`IN2${"|".repeat(72)}SPO`])).toBe("spouse")
  })

  test("by a number in IN1-10 is a subscriber, not an employer", () => {
    const insured = (type: string) => `IN1|1|P1|NHIF|Fund||||||S-77^^^KISUMU^${type}|Kisumu Water`
    const of = (type: string) => resources(bundleOf([insured(type)]).bundle, "Coverage")[0]
    expect(of("SN")?.subscriberId).toBe("S-77")
    expect(of("XX")?.subscriberId).toBeUndefined()
    const { bundle } = bundleOf([insured("SN")])
    expect(JSON.stringify(resources(bundle, "Organization"))).not.toContain("S-77")
  })

  test("and answers for the bill too is one person", () => {
    const lines = [in1("MTH"), "GT1|1|G-1^^^KISUMU|AKINYI^ROSE||||||||MTH"]
    expect(resources(bundleOf(lines).bundle, "RelatedPerson")).toHaveLength(1)
  })
})
