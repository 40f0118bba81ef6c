import { expect, test } from "bun:test"
import { contactPoint, officeNumber } from "../../../src/map/type/xtn.ts"
import { field, sent } from "./field.ts"

function point(value: string) {
  const { repetition, read } = field(value)
  return sent(contactPoint(repetition, "home", "PID-13", read))
}

const structure = "http://hl7.org/fhir/StructureDefinition"

test("a number in parts is written out, and its parts are kept", () => {
  expect(point("^WPN^PH^^254^57^2021234^12^^^^^20200101^20251231^^^^2")).toEqual({
    extension: [
      { url: `${structure}/contactpoint-country`, valueString: "254" },
      { url: `${structure}/contactpoint-area`, valueString: "57" },
      { url: `${structure}/contactpoint-local`, valueString: "2021234" },
      { url: `${structure}/contactpoint-extension`, valueString: "12" },
    ],
    system: "phone",
    value: "+254 57 2021234 ext. 12",
    use: "work",
    rank: 2,
    period: { start: "2020-01-01", end: "2025-12-31" },
  })
})

test.each([
  ["(057)2021234X12", "(057)2021234X12", "12"],
  ["(057)2021234 ext 12", "(057)2021234 ext 12", undefined],
  ["^^^^^^^^^^^+254 57 2021234", "+254 57 2021234", undefined],
])("a number in one piece, %p, stays as it is", (xtn, value, extension) => {
  const made = point(xtn)
  expect([made?.value, made?.system, made?.use]).toEqual([value, "phone", "home"])
  expect(made?.extension?.[0]?.valueString).toBe(extension as string)
})

test.each([
  ["^PRN^PH^^^^1", "phone", "home"],
  ["^PRN^FX^^^^1", "fax", "home"],
  ["^PRN^BP^^^^1", "pager", "home"],
  ["^BPN^^^^^1", "pager", "home"],
  ["^PRN^CP^^^^1", "phone", "mobile"],
  ["^PRS^^^^^1", "phone", "mobile"],
  ["^NET^Internet^grace@example.org", "email", "home"],
  ["grace@example.org", "email", "home"],
  ["^NET^Internet^https://clinic.example.org", "url", "home"],
  ["^NET^Internet^0722", "other", "home"],
])("%p goes by the system %p and the use %p", (xtn, system, use) => {
  const made = point(xtn)
  expect([made?.system, made?.use]).toEqual([system, use] as never)
  expect([made?._system, made?._use]).toEqual([undefined, undefined])
})

test("a use or an equipment that FHIR has no word for is kept beside", () => {
  const made = point("^EMR^TTY^^^^1")
  const codes = [made?._use, made?._system].map(
    (element) => element?.extension?.[0]?.valueCodeableConcept?.coding?.[0],
  )
  expect(codes).toEqual([
    { system: "http://terminology.hl7.org/CodeSystem/v2-0201", code: "EMR" },
    { system: "http://terminology.hl7.org/CodeSystem/v2-0202", code: "TTY" },
  ])
  expect([made?.use, made?.system]).toEqual(["home", "other"])
  expect(point("^NET^X.400^C=KE;A=MOH;S=Otieno")?.system).toBe("email")
  expect(point("^VHN^PH^^^^1")?.use).toBe("home")
})

test("a use without a number is no contact", () => {
  expect(point("^PRN^PH")).toBeUndefined()
})

test("an organization has no number at home, and keeps what the sender called it", () => {
  const office = (value: string) => {
    const { repetition, read } = field(value)
    return sent(officeNumber(repetition, "IN1-7", read))
  }
  const made = office("^ORN^PH^^^^1")
  expect(made?.use).toBeUndefined()
  expect(made?._use?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe("ORN")
  expect(office("^PRS^PH^^^^1")?.use).toBe("mobile")
  expect(office("1")?.use).toBe("work")
})
