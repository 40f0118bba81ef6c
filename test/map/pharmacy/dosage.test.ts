import { describe, expect, test } from "bun:test"
import { preflight } from "../../../src/fhir/preflight.ts"
import { invalid } from "../../validate.ts"
import { mapped, resources } from "../build.ts"
import { bundleOf, sent } from "../pharmacy.ts"

describe("a dose", () => {
  /** The first dose of an RXO of these fields from RXO-2 on, and the notes of its message. */
  function dose(fields: string, times = "TQ1|1||BID") {
    const made = mapped(sent("OMP^O09", ["ORC|NW|RX1", `RXO|A^Amox|${fields}`, times]))
    const [request] = resources(made.bundle, "MedicationRequest")
    const { type: _, ...said } = request?.dosageInstruction?.[0]?.doseAndRate?.[0] ?? {}
    return { said, text: request?.dosageInstruction?.[0]?.text, notes: made.notes }
  }
  /** From RXO-4 to RXO-17. */
  const later = "|".repeat(13)

  test("of one amount is that amount, and of two what lies between them", () => {
    expect(dose("5||mL").said.doseQuantity?.value).toBe(5)
    expect(dose("5|5|mL").said.doseQuantity?.value).toBe(5)
    const { low, high } = dose("5|10|mL").said.doseRange ?? {}
    expect([low?.value, high?.value]).toEqual([5, 10])
  })

  test("never runs backwards", () => {
    const { said, notes } = dose("10|5|mL")
    expect(said.doseQuantity?.value).toBe(10)
    expect(notes).toEqual(["RXO-3: it is less than the least dose, and left out"])
  })

  test("is the quantity of its times where the drug tells none", () => {
    const times = "TQ1|1|2^TAB|BID"
    expect(dose("", times).said.doseQuantity?.value).toBe(2)
    expect(dose("3||TAB", times).said.doseQuantity?.value).toBe(3)
    expect(dose("3||TAB", times).notes).toEqual([
      "TQ1-2: it is not the dose of RXO-2, which counts",
    ])
  })

  test("of which only the most is told lies between that and the quantity of its times", () => {
    const { doseQuantity, doseRange } = dose("|4|TAB", "TQ1|1|2^TAB|BID").said
    expect([doseQuantity, doseRange?.low?.value, doseRange?.high?.value]).toEqual([undefined, 2, 4])
    for (const times of ["TQ1|1|9^TAB|BID", "TQ1|1|2^mL|BID"]) {
      const { said, notes } = dose("|4|TAB", times)
      expect([said.doseQuantity, said.doseRange?.low]).toEqual([undefined, undefined])
      expect(notes).toEqual(["TQ1-2: it is not the dose of RXO-2, which counts"])
    }
  })

  test("in so many hours is a rate, and in no time is a text", () => {
    const { numerator, denominator } = dose(`500||mL${later}H4`).said.rateRatio ?? {}
    expect([numerator?.value, denominator?.value, denominator?.code]).toEqual([500, 4, "h"])
    expect(dose(`500||mL${later}quickly`).text).toBe("quickly")
    expect(dose(`500||mL${later}H0`).text).toBe("H0")
  })

  test("of a day is the most of a day", () => {
    const bundle = bundleOf("RDE^O11", ["ORC|NW|RX1", `RXE||A^Amox|1||TAB|${later}3^TAB`])
    const [request] = resources(bundle, "MedicationRequest")
    const { numerator, denominator } = request?.dosageInstruction?.[0]?.maxDosePerPeriod ?? {}
    expect([numerator?.value, denominator?.code]).toEqual([3, "d"])
  })
})

describe("whatever stands in the fields", () => {
  const odd = [
    "-1",
    "1e9",
    "99999999999999999999",
    "^^^^^^",
    "&&&",
    '""',
    "20269999",
    "x".repeat(99),
  ]
  const lengths = { ORC: 34, TQ1: 14, RXO: 36, RXE: 45, RXR: 6, RXC: 9, RXD: 35, RXA: 29 }
  const line = (name: keyof typeof lengths, value: string) =>
    [name, ...new Array(lengths[name]).fill(value)].join("|")

  test.each(odd)("%s in all of them makes a valid Bundle, twice the same", (value) => {
    const below = [line("TQ1", value), line("RXR", value), line("RXC", value)]
    const all = (["RXO", "RXE", "RXD", "RXA"] as const).flatMap((name) => [
      line(name, value),
      ...below,
    ])
    for (const type of ["OMP^O09", "RDS^O13", "RAS^O17", "RRE^O12"]) {
      const given = sent(type, [line("ORC", value), ...all])
      const made = mapped(given)
      expect(invalid(made.bundle)).toEqual([])
      expect(preflight(made.bundle)).toEqual([])
      expect(mapped(given)).toEqual(made)
    }
  })
})
