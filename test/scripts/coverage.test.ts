import { describe, expect, test } from "bun:test"
import { askedBy } from "../../scripts/coverage/condition.ts"
import { honoursSegment } from "../../scripts/coverage/honoured.ts"
import type { Row } from "../../scripts/coverage/tables.ts"
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

test("a condition says what other fields hold", () => {
  expect(askedBy('IF PID-24 EQUALS "Y" AND PID-25 NOT VALUED')).toEqual([
    { source: "PID", number: 24, component: undefined, values: ["Y"] },
    { source: "PID", number: 25, component: undefined, values: undefined },
  ])
  expect(askedBy('IF XAD.7 IN ("M", "SH")')[0]?.values).toEqual(["M", "SH"])
})

describe("a row counts as honoured", () => {
  const row: Row = {
    ...{ table: "PID[Patient]", source: "PID", target: "Patient", number: 7, type: "DTM" },
    ...{ condition: "", attribute: "birthDate", mapping: "", vocabulary: "", assignment: "" },
  }
  const isHonoured = (given: Partial<Row>) => honoursSegment({ ...row, ...given }, () => [])

  test("where the element it names is what the field says", () => {
    expect(isHonoured({})).toBe(true)
  })

  test("not where another element is, another resource, or something else is assigned", () => {
    expect(isHonoured({ attribute: "deceasedDateTime" })).toBe(false)
    expect(isHonoured({ target: "Encounter" })).toBe(false)
    expect(isHonoured({ number: 40 + 50 })).toBe(false)
    expect(isHonoured({ assignment: '"1066-10-14"' })).toBe(false)
  })
})
