import { describe, expect, test } from "bun:test"
import { isPlaceholder, type PatientNumber, patientKey } from "../../src/hl7/subject.ts"

const number = (fields: Partial<PatientNumber>): PatientNumber => ({
  ...{ id: "P-1", namespace: "", universalId: "", universalIdType: "" },
  ...fields,
})

describe("a patient number is known", () => {
  test("by a globally unique assigner rather than its local name", () => {
    const oid = { universalId: "1.2.3", universalIdType: "ISO" }
    expect(patientKey(number({ namespace: "KISUMU", ...oid }))).toBe("1.2.3|P-1")
    expect(patientKey(number({ namespace: "OTHER", ...oid }))).toBe("1.2.3|P-1")
  })

  test("by the assigner's local name where its other id is local too (table 0301, L M N)", () => {
    const local = { universalId: "99", universalIdType: "L" }
    expect(patientKey(number({ namespace: "KISUMU", ...local }))).toBe("KISUMU|P-1")
    expect(patientKey(number({ namespace: "KISUMU" }))).toBe("KISUMU|P-1")
    expect(patientKey(number(local))).toBe("99|P-1")
  })

  test("by the source's assigner where the message names none, and only there", () => {
    expect(patientKey(number({}), "KISUMU")).toBe("KISUMU|P-1")
    expect(patientKey(number({ namespace: "OTHER" }), "KISUMU")).toBe("OTHER|P-1")
    expect(patientKey(number({}))).toBe("|P-1")
  })

  test("apart from any other, whatever characters the assigner's name holds", () => {
    const keys = [
      patientKey(number({ namespace: "A|B" })),
      patientKey(number({ namespace: "A", id: "B|P-1" })),
      patientKey(number({ namespace: "A\\", id: "B|P-1" })),
    ]
    expect(new Set(keys).size).toBe(3)
  })

  test("not at all without a number", () => {
    expect(patientKey(number({ id: "", namespace: "KISUMU" }), "KISUMU")).toBeUndefined()
  })
})

test.each(["0", "000000", "UNKNOWN", "unk", "N/A", "NA", "None", "NULL", "-", "?", "Anonymous"])(
  "%s is nobody's number",
  (id) => expect(isPlaceholder(id)).toBe(true),
)

test.each(["1", "00010", "P-0", "UNK1", "NAN", "A", ""])("%s is a number like any", (id) =>
  expect(isPlaceholder(id)).toBe(false),
)
