import { expect, test } from "bun:test"
import type { Element } from "fhir/r4"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

/** Each a field of PID and what is sent in it, with codes that FHIR has no word for. */
const odd: [field: number, value: string][] = [
  [3, "4711^8^M10^^MR^KCH^20200101^20251231^KEN&Kenya^NSSF"],
  [5, "&van der&Berg&de&Vries^^^^^^ X  X ^^^^G^2020^2019^OBE^Chichi"],
  [5, "^^^^^^L~^Achieng^^^^^B^^^^Q"],
  [11, "^^^^^^H^^^0417.02~^^Kisumu^^^^V^^KSM&Kisumu^0417.02~^^Kisumu^^^^ R  H "],
  [13, "^EMR^TTY^^254^57^1^2~^BPN^^^^^1~^NET^X.400^C=KE~^^Internet^https://example.org"],
  [13, "(057)2021234X12C any text~^Z Z^Q Q^^^^1^^^^^^2020^2019^^^^0"],
  [15, "en_GB~eng^English^HL70296~x-klingon"],
  [23, '""^Kisumu'],
  [20, "DL-77^KE&Kenya^20271331"],
]

test.each(odd)("PID-%p %p makes a Bundle that FHIR allows", (field, value) => {
  const pid = Array.from({ length: 40 }, (_, at) => (at + 1 === field ? value : ""))
  if (field !== 3) pid[2] = "4711^^^MOH^MR"
  const sent = message([
    "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1",
    `PID|${pid.join("|")}`,
  ])
  expect(invalid(mapped(sent).bundle)).toEqual([])
})

test("providers and places of every form make a Bundle that FHIR allows", () => {
  const place = "MAT&1.2.3&ISO^3^B&1.2.3.4&ISO^KCH^^^^^Window^L-9^MOH&1.2.5&ISO"
  const orderer = "P-1^A&de&A^B^C^D^E^Quack^^MOH^X X^7^M 11^MD^KCH^^^^F^2020^2019"
  const lab = "Lab^L^99^4^ISO^MOH^FI^^^KCL-1"
  const worker = "P-7&Oduya&Rose^20260415^20260414^LAB^2"
  const lines = [
    "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1",
    "PID|||4711^^^MOH^MR",
    `PV1||I|${place}|||^^^^^^^^^L-9${"|".repeat(13)}V1`,
    `OBR|1|P1^A&1.2|F1|X^Y^L${"|".repeat(12)}${orderer}${"|".repeat(16)}${worker}`,
    `OBX|1|NM|A^A^L||1||||||F|||||P-2^A^^^^^MD${"|".repeat(7)}${lab}`,
  ]
  const { bundle } = mapped(message(lines))
  const types = bundle.entry?.map(({ resource }) => resource?.resourceType) ?? []
  for (const type of ["Location", "Practitioner", "PractitionerRole", "Organization"] as const) {
    expect(types).toContain(type)
  }
  expect(invalid(bundle)).toEqual([])
})

test("an insurance at home and a remark that is only a line break are allowed", () => {
  const insured = message([
    "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1",
    "PID|||4711^^^MOH^MR",
    "IN1|1|PLAN|7^^^MOH|Afya Bora|^^Kisumu^^^^H||^PRN^PH^^^^2021234",
  ])
  expect(invalid(mapped(insured).bundle)).toEqual([])
  const collected = message([
    "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1",
    "PID|||4711^^^MOH^MR",
    "OBR|1||F1|X^Y^L",
    `SPM|1|^S1||BLD${"|".repeat(10)}\\.br\\~Haemolysed`,
  ])
  const { bundle } = mapped(collected)
  expect(invalid(bundle)).toEqual([])
  expect(resources(bundle, "Specimen")[0]?.note).toEqual([{ text: "Haemolysed" }])
})

test("an allergen that FHIR's four kinds are too few for keeps its own, and is allowed", () => {
  const told = message([
    "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1",
    "PID|||4711^^^MOH^MR",
    ...["DA", "LA", "MC", "Z Z", ""].map((kind, at) => `AL1|${at + 1}|${kind}|A${at}^^L|MO`),
  ])
  const { bundle } = mapped(told)
  expect(invalid(bundle)).toEqual([])
  const codeOf = (element: Element | undefined) =>
    element?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code
  const kinds = resources(bundle, "AllergyIntolerance").map(({ category, _category, _type }) => [
    category?.[0],
    codeOf(_category?.[0]) ?? codeOf(_type),
  ])
  expect(kinds as unknown[]).toEqual([
    ["medication", undefined],
    ["environment", "LA"],
    [undefined, "MC"],
    [undefined, "Z Z"],
    [undefined, undefined],
  ])
  const [grave] = resources(bundle, "AllergyIntolerance")
  expect(grave?._criticality?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe("MO")
})

test("a repeat pattern with two spaces in a row is a code that R4 allows", () => {
  const ordered = message([
    "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1",
    "PID|||4711^^^MOH^MR",
    "ORC|RE|P1|F1||||1^at  dawn",
    "OBR|1|P1|F1|X^Y^L",
  ])
  const { bundle } = mapped(ordered)
  expect(invalid(bundle)).toEqual([])
  const [request] = resources(bundle, "ServiceRequest")
  expect(request?.occurrenceTiming?.code?.coding?.[0]?.code).toBe("at dawn")
})
