import { describe, expect, test } from "bun:test"
import { mapped, message, resources } from "../build.ts"

/** The Encounter of a PV1 of these fields, by their numbers. */
function visit(fields: Record<number, string>, event = "A01", controlId = "C1") {
  const last = Math.max(...Object.keys(fields).map(Number))
  const pv1 = ["PV1", ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
  const header = `MSH|^~\\&|HIS|KISUMU|||20260415||ADT^${event}|${controlId}|P|2.5.1`
  const { bundle, notes } = mapped(message([header, "PID|1||A1^^^KISUMU", pv1]))
  const [encounter] = resources(bundle, "Encounter")
  if (encounter === undefined) throw new Error("no Encounter")
  return { encounter, bundle, notes, key: encounter.identifier?.[0]?.value }
}

describe("a visit", () => {
  test("is known by its number, whoever assigned it", () => {
    const { key } = visit({ 19: "V1^^^KISUMU^VN", 44: "202604150800" })
    expect(visit({ 2: "O", 19: "V1" }, "A08", "C2").key).toBe(key)
    expect(visit({ 19: "V2^^^KISUMU^VN", 44: "202604150800" }).key).not.toBe(key)
  })

  test("without a number is known by the time of admission, else by its message alone", () => {
    const { key } = visit({ 44: "202604150800" })
    expect(visit({ 2: "I", 44: "20260415080000+0300" }, "A08", "C2").key).toBe(key)
    expect(visit({ 44: "202604150801" }).key).not.toBe(key)
    expect(visit({ 2: "O" }, "A04", "C1").key).toBe(visit({ 2: "O" }, "A04", "C1").key)
    expect(visit({ 2: "O" }, "A04", "C1").key).not.toBe(visit({ 2: "O" }, "A04", "C2").key)
  })

  test.each([
    ["A01", { 2: "I" }, "in-progress"],
    ["A04", { 2: "O" }, "arrived"],
    ["A04", { 2: "P" }, "planned"],
    ["A08", { 2: "I" }, "in-progress"],
    ["A08", { 2: "U" }, "unknown"],
    ["A08", { 3: "W1" }, "unknown"],
    ["A03", { 2: "I" }, "finished"],
    ["A08", { 2: "I", 45: "20260416" }, "finished"],
  ])("after %s with %j is %s", (event, fields: Record<number, string>, status) => {
    expect(visit({ 19: "V1", ...fields }, event).encounter.status).toBe(
      status as ReturnType<typeof visit>["encounter"]["status"],
    )
  })

  test.each([
    ["I", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP"],
    ["O", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB"],
    ["E", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "EMER"],
    ["Q", "urn:waystation:kisumu-01:0004", "Q"],
    ["", "http://terminology.hl7.org/CodeSystem/v2-0004", "U"],
  ])("of class %j has the class R4 demands", (code, system, expected) => {
    expect(visit({ 2: code, 19: "V1" }).encounter.class).toMatchObject({ system, code: expected })
  })
})

describe("the places and people of a visit", () => {
  test("are the ward before and its ward now", () => {
    const { encounter, bundle } = visit({ 3: "WARD^101^2^KISUMU", 6: "OPD^^^KISUMU", 19: "V1" })
    expect(encounter.location?.map(({ status, location }) => [status, location.display])).toEqual([
      ["completed", "KISUMU, OPD"],
      ["active", "KISUMU, WARD, 101, 2"],
    ])
    expect(
      resources(bundle, "Location").map(({ physicalType }) => physicalType?.coding?.[0]?.code),
    ).toEqual(["si", "wa", "ro", "bd", "wa"])
  })

  test("are entered once each, and a name without a number has no entry", () => {
    const { encounter, bundle } = visit({
      7: "P1^OTIENO^SAMUEL^^^Dr",
      8: "^WERE^JOY",
      17: "P1^OTIENO^SAMUEL^^^Dr",
      19: "V1",
    })
    expect(
      encounter.participant?.map(({ type, individual }) => [
        type?.[0]?.coding?.[0]?.code,
        individual?.display,
        individual?.reference !== undefined,
      ]),
    ).toEqual([
      ["ATND", "Dr SAMUEL OTIENO", true],
      ["REF", "JOY WERE", false],
      ["ADM", "Dr SAMUEL OTIENO", true],
    ])
    expect(resources(bundle, "Practitioner").length).toBe(1)
  })

  test("are the sender's own where their number has no assigner, and anyone's where it has", () => {
    const doctor = (sender: string, field: string) => {
      const header = `MSH|^~\\&|${sender}|KISUMU|||20260415||ADT^A01|C1|P|2.5.1`
      const lines = [header, "PID|1||A1", `PV1|1|I|||||${field}`]
      return resources(mapped(message(lines)).bundle, "Practitioner")[0]?.identifier
    }
    expect(doctor("LAB", "5^OTIENO")?.[0]).not.toEqual(doctor("HIS", "5^WERE")?.[0])
    expect(doctor("LAB", "5^OTIENO")?.[1]).not.toEqual(doctor("HIS", "5^WERE")?.[1])
    expect(doctor("LAB", "5^OTIENO^^^^^^^MOH")).toEqual(doctor("HIS", "5^OTIENO^^^^^^^MOH"))
  })
})

describe("the period of a visit", () => {
  test("that ends before it starts loses its end, as R4 allows none such", () => {
    const { encounter, notes } = visit({ 19: "V1", 44: "20260415", 45: "20260401" })
    expect(encounter.period).toEqual({ start: "2026-04-15" })
    expect(notes).toEqual(["PV1-45: it ends before it starts; its end is left out"])
  })

  test("that ends on the day it started, told by the day alone, keeps its end", () => {
    const { encounter } = visit({ 19: "V1", 44: "202604150800", 45: "20260415" })
    expect(encounter.period?.end).toBe("2026-04-15")
  })
})
