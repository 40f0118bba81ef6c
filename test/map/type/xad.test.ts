import { describe, expect, test } from "bun:test"
import { address } from "../../../src/map/type/xad.ts"
import { field, sent } from "./field.ts"

function placed(value: string) {
  const { repetition, read } = field(value)
  return sent(address(repetition, "PID-11", read))
}

test("an address keeps all of its parts, and the time it holds for", () => {
  const parts = "Oginga Odinga St&Oginga Odinga St&12^Block B^Kisumu^Nyanza^40100^KEN^H^Lake side"
  const more = "KSM&Kisumu County&L^0417.02^^^20200101^20251231^^^^^c/o Mama Rose"
  expect(placed(`${parts}^${more}`)).toEqual({
    use: "home",
    line: ["Oginga Odinga St 12 Oginga Odinga St", "Block B", "Lake side", "c/o Mama Rose"],
    _line: [
      {
        extension: [
          {
            url: "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-censusTract",
            valueString: "0417.02",
          },
        ],
      },
    ],
    city: "Kisumu",
    district: "Kisumu County",
    state: "Nyanza",
    postalCode: "40100",
    country: "KEN",
    period: { start: "2020-01-01", end: "2025-12-31" },
  })
})

test("a county is its name, and its code where it has none", () => {
  expect(placed("^^^^^^^^KSM")?.district).toBe("KSM")
  expect(placed("^^^^^^^^KSM&Kisumu&L&&&&&&Kisumu County, 2010")?.district).toBe(
    "Kisumu County, 2010",
  )
})

describe("the type of an address", () => {
  test.each([
    ["H", "home", undefined, undefined],
    ["BI", "billing", undefined, undefined],
    ["M", undefined, "postal", undefined],
    ["SH", undefined, "postal", "SH"],
    ["BA", "old", undefined, "BA"],
    ["L", undefined, undefined, "L"],
  ])("%p is the use %p and the type %p, and %p is kept", (code, use, type, kept) => {
    const made = placed(`^^Kisumu^^^^${code}`)
    expect([made?.use, made?.type] as unknown[]).toEqual([use, type])
    const coding = made?._use?.extension?.[0]?.valueCodeableConcept?.coding
    expect(coding?.[0]?.code).toBe(kept as string)
  })

  test("is a vacation home where FHIR's extension says so", () => {
    expect(placed("^^Kisumu^^^^V")).toEqual({
      extension: [
        {
          url: "http://hl7.org/fhir/StructureDefinition/iso21090-AD-use",
          valueCode: "HV",
        },
      ],
      city: "Kisumu",
    })
  })
})

test("a type or a census tract alone is no place", () => {
  expect(placed("^^^^^^H^^^0417.02")).toBeUndefined()
})
