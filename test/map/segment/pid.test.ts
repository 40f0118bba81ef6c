import { describe, expect, test } from "bun:test"
import { layPatient } from "../../../src/map/owned.ts"
import { patientIdentity, pidParts } from "../../../src/map/segment/pid.ts"
import type { SourceSettings } from "../../../src/message.ts"
import { context, mapped, message, reading, resources } from "../build.ts"

const header = (sender = "HIS") => `MSH|^~\\&|${sender}|KISUMU|||20260415||ADT^A31|C1|P|2.5.1`

/** A PID of these fields, by their numbers. */
function pid(fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return ["PID", ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

function read(fields: Record<number, string>, source: SourceSettings = {}, sender?: string) {
  const read = reading([header(sender), pid(fields)], { source })
  const [segment] = read.parsed.all("PID")
  if (segment === undefined) throw new Error("no PID")
  const identity = patientIdentity(segment, read)
  const parts = pidParts(segment, read)
  const { resource } = layPatient(identity ?? { system: "", value: "" }, parts, {
    messageId: 1,
    known: [],
  })
  return { key: identity?.value, patient: resource, parts, notes: read.notes }
}

describe("the number of a patient", () => {
  test("makes the same Patient whoever sends it, and whichever field order it comes in", () => {
    const key = read({ 3: "A1^^^KISUMU^MR" }).key
    expect(key).toBeString()
    expect(read({ 3: "A1^^^KISUMU^MR" }, {}, "LAB").key).toBe(key)
    expect(read({ 3: "99^^^NHIF^HC~A1^^^KISUMU^MR" }).key).toBe(key)
    expect(read({ 3: "A1^^^KISUMU" }).key).toBe(key)
    expect(read({ 3: "^^^KISUMU^MR~A1^^^KISUMU^PI" }).key).toBe(key)
  })

  test("is none where a placeholder stands: all who are not known would be one patient", () => {
    const { key, patient, notes } = read({ 2: "UNKNOWN", 3: "000000^^^KISUMU^MR" })
    expect(key).toBeUndefined()
    expect(patient.identifier).toHaveLength(1)
    expect(notes).toEqual(
      [2, 3].map((field) => `PID-${field}: what stands for an unknown number is left out`),
    )
    expect(read({ 3: "0^^^KISUMU^MR~A1^^^KISUMU^PI" }).key).toBe(read({ 3: "A1^^^KISUMU" }).key)
  })

  test("without an assigner is the source's own", () => {
    expect(read({ 3: "A1" }, { assigner: "KISUMU" }).key).toBe(read({ 3: "A1^^^KISUMU" }).key)
    expect(read({ 3: "A1" }).key).not.toBe(read({ 3: "A1^^^KISUMU" }).key)
    expect(read({ 3: "A1" }, { assigner: "KISUMU" }).patient.identifier?.[1]?.system).toBe(
      "urn:waystation:kisumu-01:KISUMU",
    )
  })

  test("means another Patient at another clinic, with another identifier", () => {
    const lines = [header(), pid({ 3: "A1^^^HOSPITAL" })]
    const elsewhere = context({ site: { id: "busia-02", timezone: "Africa/Nairobi" } })
    const [here, there] = [reading(lines), reading(lines, elsewhere)].map((read) =>
      read.parsed.all("PID").map((segment) => patientIdentity(segment, read)),
    )
    expect(here?.[0]?.value).not.toBe(there?.[0]?.value)
    expect(here?.[0]?.system).not.toBe(there?.[0]?.system)
  })

  test("is kept beside all the others, each with its own assigner's system", () => {
    const { patient } = read({
      3: "A1^^^KISUMU^MR~B2^^^NAT&1.2.840.1&ISO^NI~C3^^^&urn:x-test:9&URI~D4^^^^ZZ9",
      19: "123-45",
    })
    expect(
      patient.identifier?.slice(1).map(({ system, value, type }) => ({
        system,
        value,
        type: type?.coding?.[0]?.code ?? type?.text,
      })),
    ).toEqual([
      { system: "urn:waystation:kisumu-01:KISUMU", value: "A1", type: "MR" },
      { system: "urn:oid:1.2.840.1", value: "B2", type: "NI" },
      { system: "urn:x-test:9", value: "C3", type: undefined },
      { system: "urn:waystation:kisumu-01:patient", value: "D4", type: "ZZ9" },
      { system: "urn:waystation:kisumu-01:ssn", value: "123-45", type: "SS" },
    ])
  })
})

describe("a patient", () => {
  test("has a day of birth without an invented time, and the time where one was sent", () => {
    expect(read({ 7: "19880412" }).patient).toMatchObject({ birthDate: "1988-04-12" })
    expect(read({ 7: "19880412" }).patient).not.toHaveProperty("_birthDate")
    expect(read({ 7: "1988" }).patient.birthDate).toBe("1988")
    const { patient } = read({ 7: "198804120615" })
    expect(patient.birthDate).toBe("1988-04-12")
    expect(patient._birthDate?.extension?.[0]?.valueDateTime).toBe("1988-04-12T06:15:00+03:00")
  })

  test.each([
    ["F", "female", []],
    ["M", "male", []],
    ["f", "female", []],
    ["U", "unknown", []],
    ["A", "other", []],
    ["X", undefined, ["PID-8: a code that is not in table 0001"]],
  ])("of sex %s has gender %p", (code, gender, notes) => {
    const made = read({ 8: code })
    expect(made.patient.gender).toBe(gender as typeof made.patient.gender)
    expect(made.notes).toEqual(notes)
  })

  test("has all of its names, addresses and numbers", () => {
    const { patient } = read({
      5: "ACHIENG^GRACE^ATIENO^^^^L~AUMA^GRACE^^^^^M",
      9: "MAMA G",
      11: "12 Road^^Kisumu^^40100^KE^H~&Main Street&7^^Busia^^^^B",
      13: "0712^PRN^CP~^NET^Internet^grace@example.org",
      14: "^^PH^^254^57^2021234^12~057^^Internet",
    })
    expect(patient.name?.map(({ use, family }) => [use, family])).toEqual([
      ["official", "ACHIENG"],
      ["maiden", "AUMA"],
      [undefined, "MAMA G"],
    ])
    expect(patient.address?.map(({ use, line }) => [use, line])).toEqual([
      ["home", ["12 Road"]],
      ["work", ["7 Main Street"]],
    ])
    expect(patient.telecom?.map(({ system, use, value }) => [system, use, value])).toEqual([
      ["phone", "mobile", "0712"],
      ["email", "home", "grace@example.org"],
      ["phone", "work", "+254 57 2021234 ext. 12"],
      ["other", "work", "057"],
    ])
  })

  test("lives in the county of PID-12, at the only address where that names none", () => {
    const county = (address: string) =>
      read({ 11: address, 12: "Siaya" }).patient.address?.map(({ district }) => district)
    expect(county("12 Road^^Kisumu")).toEqual(["Siaya"])
    expect(county("12 Road^^Kisumu^^^^^^Vihiga")).toEqual(["Vihiga", "Siaya"])
    expect(county("12 Road^^Kisumu^^^^^^Siaya~7 Street")).toEqual(["Siaya", undefined])
    expect(county("12 Road~7 Street")).toEqual([undefined, undefined, "Siaya"])
    expect(county("")).toEqual(["Siaya"])
  })

  test("speaks a language R4 knows by its code", () => {
    const language = (field: string) => read({ 15: field }).patient.communication?.[0]?.language
    expect(language("sw^Swahili")?.coding?.[0]).toMatchObject({
      system: "urn:ietf:bcp:47",
      code: "sw",
    })
    expect(language("eng^English^HL70296")?.coding?.[0]?.code).toBe("en")
    expect(language("^Dholuo")).toEqual({ text: "Dholuo" })
  })
})

describe("a death", () => {
  const after = (...fields: Record<number, string>[]) => {
    let known: ReturnType<typeof mapped>["told"] = []
    for (const [at, each] of fields.entries()) {
      const lines = [header(), pid({ 3: "A1", ...each })]
      const made = mapped(message(lines, { id: at + 1 }), known)
      const parts = made.told.map(({ part }) => part)
      known = [...known.filter(({ part }) => !parts.includes(part)), ...made.told]
      if (at === fields.length - 1) {
        const [patient] = resources(made.bundle, "Patient")
        return [patient?.deceasedBoolean, patient?.deceasedDateTime]
      }
    }
    return []
  }

  test("is told by its time, which says more than that it was", () => {
    expect(after({ 30: "Y" })).toEqual([true, undefined])
    expect(after({ 29: "20260401", 30: "Y" })).toEqual([undefined, "2026-04-01"])
    expect(after({ 29: "20260401" }, { 30: "Y" })).toEqual([undefined, "2026-04-01"])
    expect(after({ 30: "N" }, { 29: "20260401" })).toEqual([undefined, "2026-04-01"])
  })

  test("told by mistake is taken back", () => {
    expect(after({ 29: "20260401", 30: "Y" }, { 30: "N" })).toEqual([false, undefined])
    expect(after({ 29: "20260401", 30: "Y" }, { 29: '""', 30: '""' })).toEqual([
      undefined,
      undefined,
    ])
  })
})

test("the order of birth says more than that there were several", () => {
  expect(read({ 24: "Y", 25: "2" }).patient).toMatchObject({ multipleBirthInteger: 2 })
  expect(read({ 24: "Y", 25: "2" }).patient).not.toHaveProperty("multipleBirthBoolean")
  expect(read({ 24: "N" }).patient).toMatchObject({ multipleBirthBoolean: false })
})

test("neither active nor link is ever set by these messages", () => {
  const { patient } = read({ 3: "A1", 5: "ACHIENG", 30: "Y" })
  expect(patient).not.toHaveProperty("active")
  expect(patient).not.toHaveProperty("link")
})
