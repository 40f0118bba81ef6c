import { describe, expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const header = (event: string) => `MSH|^~\\&|HIS|KISUMU|||20260415||ADT^${event}|C1|P|2.5.1`
const pid = "PID|||4711^^^MOH^MR||Otieno^Achieng"
const pv1 = "PV1||I|MAT^3^B||||P-1^Oduya^Rose^^^Dr^^^MOH||||||||||||V1"

/** Fields from the second on, by their number. */
function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

const midwife = segment("ROL", {
  1: "R-7^HIS",
  2: "AD",
  3: "PP",
  4: "P-9^Auma^Grace^^^Ms^^^MOH",
  5: "20260101",
  6: "20261231",
  9: "MW^Midwife^99HIS",
  11: "12 Jomo Kenyatta Ave^^Kisumu",
  12: "^PRN^PH^^^^2021234",
  13: "CLINIC^4",
  14: "Nyalenda Clinic^^^^^MOH^^^^NC-1",
})

describe("a role around the patient", () => {
  const { bundle } = mapped(message([header("A08"), pid, "PD1|", midwife]))
  const [patient] = resources(bundle, "Patient")
  const [role] = resources(bundle, "PractitionerRole")

  test("is one of those who look after them", () => {
    expect(patient?.generalPractitioner).toEqual([
      { reference: expect.stringContaining("urn:uuid:") as never, display: "Ms Grace Auma" },
    ])
    expect(invalid(bundle)).toEqual([])
  })

  test("keeps who, for whom, where, when and how to reach them", () => {
    expect(role).toMatchObject({
      identifier: [{}, { system: "urn:waystation:kisumu-01:HIS", value: "R-7" }],
      period: { start: "2026-01-01", end: "2026-12-31" },
      practitioner: { display: "Ms Grace Auma" },
      organization: { display: "Nyalenda Clinic" },
      code: [{ coding: [{ system: "http://snomed.info/sct", code: "446050000" }] }],
      specialty: [{ coding: [{ code: "MW" }] }],
      location: [{ display: "CLINIC, 4" }],
      telecom: [{ value: "2021234" }],
    })
    // org-3 does not bind a role, but a number at home is none of the office's.
    expect(role?.telecom?.[0]?.use).toBeUndefined()
    const [practitioner] = resources(bundle, "Practitioner")
    expect(practitioner?.address?.[0]?.city).toBe("Kisumu")
  })
})

describe("a role in the visit", () => {
  const doctor = segment("ROL", { 2: "AD", 3: "CP", 4: "P-9^Auma^Grace^^^^^^MOH", 5: "20260415" })

  test("is a participant beside those of PV1", () => {
    const { bundle, notes } = mapped(message([header("A01"), pid, pv1, doctor]))
    const [visit] = resources(bundle, "Encounter")
    expect(visit?.participant).toMatchObject([
      { individual: { display: "Dr Rose Oduya" } },
      {
        type: [{ coding: [{ code: "CON" }] }],
        period: { start: "2026-04-15" },
        individual: { display: "Grace Auma" },
      },
    ])
    expect(resources(bundle, "PractitionerRole")).toEqual([])
    expect(invalid(bundle)).toEqual([])
    expect(notes).toEqual([])
  })

  test("of 2.7 and later comes as a PRT", () => {
    const prt = segment("PRT", {
      2: "AD",
      4: "AD^Admitting Provider^HL70912",
      5: "P-9^Auma^Grace^^^^^^MOH",
      8: "Nyalenda Clinic^^^^^MOH^^^^NC-1",
      9: "MAT^4",
      11: "20260415",
      15: "^WPN^PH^^^^2021234",
    })
    const { bundle } = mapped(message([header("A01"), pid, pv1, "PV2|", prt]))
    expect(resources(bundle, "PractitionerRole")).toMatchObject([
      {
        practitioner: { display: "Grace Auma" },
        organization: { display: "Nyalenda Clinic" },
        code: [{ coding: [{ code: "AD" }] }],
        location: [{ display: "MAT, 4" }],
        telecom: [{ value: "2021234", use: "work" }],
      },
    ])
    expect(invalid(bundle)).toEqual([])
  })

  test("that is taken back is gone, and one that is not sent again stays", () => {
    const told = (lines: string[], id: number, known: ReturnType<typeof mapped>["told"]) =>
      mapped(message([header("A08"), pid, pv1, ...lines], { id }), known)
    const first = told([doctor], 1, [])
    const second = told([], 2, first.told)
    expect(resources(second.bundle, "Encounter")[0]?.participant).toHaveLength(2)
    const third = told([doctor.replace("|AD|", "|DE|")], 3, [...first.told, ...second.told])
    expect(resources(third.bundle, "Encounter")[0]?.participant).toHaveLength(1)
  })
})

test("who observed is no role in the visit", () => {
  const observed = ["OBX|1|NM|29463-7^Weight^LN||70|kg|||||F", segment("PRT", { 5: "P-9^Auma" })]
  const { bundle, notes } = mapped(message([header("A01"), pid, pv1, ...observed]))
  expect(resources(bundle, "Encounter")[0]?.participant).toHaveLength(1)
  expect(resources(bundle, "Observation")[0]?.performer).toHaveLength(1)
  expect(notes).toEqual([])
})

test("a role of nobody, or in something else, is left out with a word", () => {
  const nobody = segment("ROL", { 2: "AD", 3: "CP" })
  const insurance = [segment("IN1", { 3: "7", 4: "Afya Bora" }), midwife]
  const { bundle, notes } = mapped(message([header("A01"), pid, pv1, nobody, ...insurance]))
  expect(resources(bundle, "Encounter")[0]?.participant).toHaveLength(1)
  expect(notes).toEqual([
    "ROL: one that is not the patient's, the visit's or a procedure's is left out",
    "ROL: nobody is named in the role; it is left out",
  ])
})
