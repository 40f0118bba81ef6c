import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Asked, askedBy } from "../../scripts/coverage/condition.ts"
import { honoursSegment } from "../../scripts/coverage/honoured.ts"
import { fitting, scenariosOf } from "../../scripts/coverage/scenario.ts"
import { type Guide, type Row, readRows } from "../../scripts/coverage/tables.ts"
import { targetOf } from "../../scripts/coverage/target.ts"

describe("what a row of the guide names is found", () => {
  const patient = { type: "Patient", path: [] }
  test.each([
    ["contact.telecom[2].use", "Patient", "contact.telecom.use"],
    ["generalPractitioner(PractitionerRole.period.start)", "PractitionerRole", "period.start"],
    ["generalPractitioner(Practitioner)", "Patient", "generalpractitioner"],
    ["extension[2].uri", "Patient", "extension.url"],
    ["note(Annotation.text)", "Patient", "note.text"],
    ['participant[5].type.coding.code="PART"', "Patient", "participant.type.coding.code"],
    ["$this", "Patient", ""],
  ])("%s", (attribute, type, path) => {
    expect(targetOf(patient, attribute)).toEqual({ type, path: path.split(".").filter(Boolean) })
  })
})

test("a row has the type it leads to, and the codes of what it stands beside", async () => {
  const folder = mkdtempSync(join(tmpdir(), "guide-"))
  const lines = [
    "HL7 v2,,,,,,,",
    "Identifier,Name,Data Type,FHIR Attribute,Data Type Mapping,Vocabulary Mapping,Assignment",
    "AL1-2,Type,CWE,category,,AllergenType,",
    'AL1-2,Type,CWE,category.extension[1].url,,,"""http://example.org/alternate-codes"""',
    "AL1-2,Type,CWE,category.extension[1].valueCodeableConcept,,AllergenType,",
    "AL1-9,Range,,onsetPeriod,DR[Period],,",
  ]
  await Bun.write(join(folder, "Guide_ AL1[AllergyIntolerance] - AL1.csv"), lines.join("\n"))
  const rows = await readRows(folder)
  rmSync(folder, { recursive: true })
  expect(rows.map(({ type, vocabulary }) => [type, vocabulary])).toEqual([
    ["CWE", "AllergenType"],
    ["CWE", "AllergenType"],
    ["CWE", "AllergenType"],
    ["DR", ""],
  ])
})

describe("a condition says what fields hold, one list for each way to meet it", () => {
  test.each([
    ["", [""]],
    ['IF PID-24 EQUALS "Y" AND PID-25 NOT VALUED', ["PID-24 Y, PID-25 nothing"]],
    ['IF XAD.7 IN ("M","SH")', ["XAD-7 M|SH"]],
    ["IF RXO-12.1 IS VALUED OR RXO-12.3 IS VALUED", ["RXO-12.1 something", "RXO-12.3 something"]],
    [
      "IF RXO-2 IS VALUED AND (IF RXO-4.1 IS VALUED OR RXO-4.3 IS VALUED)",
      ["RXO-2 something, RXO-4.1 something", "RXO-2 something, RXO-4.3 something"],
    ],
    ["IF PRT-5 AND PRT-6 AREA NOT VALUED", ["PRT-5 nothing, PRT-6 nothing"]],
    ["IF PRT-5 OR PRT-6 IS VALUED", ["PRT-5 something", "PRT-6 something"]],
    ["IF XCN.19 DOES NOT EXIST AND IF XCN.20 DOES NOT EXIST", ["XCN-19 nothing, XCN-20 nothing"]],
    ["IF XCN.19 NOT VALUED XCN.20 NOT VALUED", ["XCN-19 nothing, XCN-20 nothing"]],
    ['IF IAM-15 VALUED AND NOT "SEL"', ["IAM-15 something, IAM-15 not SEL"]],
    ['IF NOT VALUED AND RXA-21 NOT EQUALS "D"', [" nothing, RXA-21 not D"]],
    ["IF PID-11 LST.COUNT GREATER THAN 1", ["PID-11 several"]],
    ["IF OBX-33 COUNT=1", ["OBX-33 one"]],
    ["IF OBX-33 COUNT>1", ["OBX-33 several"]],
    ["IF PID-7 LENGTH GREATER THAN 8", ["PID-7 more than 8"]],
    ["IF PL.2 VALUED AND PL3.NOT VALUED", ["PL-2 something, PL-3 nothing"]],
    ['IF (OBX-2 EQUALS "SN" AND OBX-5.1 EQUALS "<>"', ["OBX-2 SN, OBX-5.1 <>"]],
    ["IF CX.4 IN http://example.org/registry", [""]],
  ])("%s", (condition, ways) => {
    expect(askedBy(condition).map((way) => way.map(shown).join(", "))).toEqual(ways)
  })
})

describe("the rows are tried with values that meet their condition", () => {
  const types: Record<string, string> = { "AIG-8": "DTM", "PR1-5": "DTM", "OBX-5": "varies" }
  const guide: Guide = {
    codes: () => [],
    typeOf: (source, number) => types[`${source}-${number}`] ?? "ST",
  }
  const othersOf = (source: string, number: number, type: string, condition: string) =>
    scenariosOf({ ...row, source, number, type, condition }, guide)

  test("a field that is to hold something holds what its type may", () => {
    const [scenario] = othersOf("AIG", 11, "NM", "IF AIG-8 IS VALUED")
    expect(scenario?.others.get(8)).toBe("20260105103000+0300")
  })

  test("a time that is to say minutes says them, and one that is not to says none", () => {
    const [withMinutes] = othersOf("PR1", 7, "NM", "IF PR1-5.5 IS VALUED")
    const [without] = othersOf("PR1", 7, "NM", "IF PR1-5.5 NOT VALUED")
    expect(withMinutes?.others.get(5)).toBe("20260105103000+0300")
    expect(without?.others.get(5)).toBe("20260105")
  })

  test("a component of the field's own type is asked of the field", () => {
    const [scenario] = othersOf("IN1", 10, "CX", 'IF CX.5 IS "SN"')
    expect(fitting("CX", scenario?.own ?? [], ["C7^^^A^MR", "C8"])).toEqual([
      "C7^^^A^SN",
      "C8^^^^SN",
    ])
    expect(fitting("CX", scenario?.own ?? [], ["C7^^^A^SN", "C8"])).toEqual(["C7^^^A^SN"])
  })

  test("a value of an observation is of the type that is asked for", () => {
    const asked = 'IF OBX-2 EQUALS "SN" AND OBX-5.3 EQUALS "-"'
    const [scenario] = othersOf("OBX", 6, "CWE", asked)
    expect(scenario?.others.get(5)).toBe("^10^-^20")
  })

  test("a field that is to repeat does", () => {
    const [scenario] = othersOf("OBX", 33, "EI", "IF OBX-33 COUNT>1")
    expect(fitting("EI", scenario?.own ?? [], ["E7"])).toEqual(["E7~E7"])
  })
})

const row: Row = {
  ...{ table: "PID[Patient]", source: "PID", target: "Patient", number: 7, type: "DTM" },
  ...{ condition: "", attribute: "birthDate", mapping: "", vocabulary: "", assignment: "" },
}

describe("a row counts as honoured", () => {
  const guide: Guide = { codes: () => [], typeOf: () => "ST" }
  const isHonoured = (given: Partial<Row>) => honoursSegment({ ...row, ...given }, guide)

  test("where the element it names is what the field says", () => {
    expect(isHonoured({})).toBe(true)
  })

  test("not where another element is, another resource, or something else is assigned", () => {
    expect(isHonoured({ attribute: "deceasedDateTime" })).toBe(false)
    expect(isHonoured({ target: "Encounter" })).toBe(false)
    expect(isHonoured({ number: 40 + 50 })).toBe(false)
    expect(isHonoured({ assignment: '"1066-10-14"' })).toBe(false)
  })

  test("for the resource that its field alone makes, as the table of its type has it", () => {
    const mother = { number: 21, type: "CX", attribute: "$this" }
    expect(isHonoured({ ...mother, mapping: "CX[RelatedPerson-Mother]" })).toBe(true)
    expect(isHonoured({ ...mother, mapping: "CX[Practitioner]" })).toBe(false)
  })

  test("for what a field that is empty means, where the segment alone says it", () => {
    const gender = { number: 8, type: "IS", attribute: "gender", target: "Patient" }
    expect(isHonoured({ ...gender, condition: "IF NOT VALUED" })).toBe(false)
    const status = { table: "OBX[Observation]", source: "OBX", target: "Observation" }
    const missing = { ...status, number: 11, type: "ID", attribute: "status" }
    expect(isHonoured({ ...missing, condition: "IF NOT VALUED" })).toBe(true)
  })
})

function shown({ source, number, component, is }: Asked): string {
  const place = source === "" ? "" : `${source}-${[number, component ?? []].flat().join(".")}`
  const { holds, among, except, longerThan } = is
  if (longerThan !== undefined) return `${place} more than ${longerThan}`
  if (except !== undefined) return `${place} not ${except.join("|")}`
  return `${place} ${among?.join("|") ?? holds}`
}
