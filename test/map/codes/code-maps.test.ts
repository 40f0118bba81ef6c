import { describe, expect, test } from "bun:test"
import type { Condition } from "fhir/r4"
import { isUnmapped, openCodeMaps } from "../../../src/map/codes/code-maps.ts"
import type { CodedField } from "../../../src/map/codes/fields.ts"
import type { CodeRow } from "../../../src/map/codes/row.ts"
import type { CodeMapConfig } from "../../../src/map/codes/settings.ts"
import { mapMessage, maps } from "../../../src/map/index.ts"
import { context, message, resources } from "../build.ts"

function row(code: string, targetCode: string, given: Partial<CodeRow> = {}): CodeRow {
  const any = { source: "", field: "", system: "", display: "", targetDisplay: "" }
  return { ...any, code, targetSystem: "http://loinc.org", targetCode, ...given }
}

function codeMaps(rows: CodeRow[], given: Partial<CodeMapConfig> = {}) {
  const tests = { field: ["OBX-3", "OBR-4"] as CodedField[], onUnknown: "pass" as const, row: rows }
  return openCodeMaps({ tests: { ...tests, ...given } })
}

describe("a code is looked up", () => {
  const all = codeMaps([
    row("GLU", "1-8"),
    row("GLU", "2-6", { system: "L" }),
    row("GLU", "3-4", { field: "OBR-4" }),
    row("GLU", "4-2", { field: "OBR-4", system: "L" }),
    row("GLU", "5-9", { source: "poc" }),
    row("K 1", "6-7"),
  ])
  const found = (source: string, field: string, system: string | undefined, code: string) =>
    all?.of(source, field)?.find(system, code)?.code

  test.each([
    ["any source, field and system", "lab", "OBX-3", undefined, "1-8"],
    ["the system it is of", "lab", "OBX-3", "L", "2-6"],
    ["a system that has no row of its own", "lab", "OBX-3", "99LAB", "1-8"],
    ["a system in small letters", "lab", "OBX-3", "l", "2-6"],
    ["its field, before its system", "lab", "OBR-4", "99LAB", "3-4"],
    ["its field and its system", "lab", "OBR-4", "L", "4-2"],
    ["its source, before all else", "poc", "OBR-4", "L", "5-9"],
  ])("by %s", (_by, source, field, system, code) => {
    expect(found(source, field, system, "GLU")).toBe(code)
  })

  test("letter by letter, but for its white space", () => {
    expect(found("lab", "OBX-3", "", "K  1")).toBe("6-7")
    expect(found("lab", "OBX-3", "", "glu")).toBeUndefined()
    expect(found("lab", "OBX-3", "", "GLU2")).toBeUndefined()
  })

  test("in the code map of its field and source only", () => {
    const ofLab = codeMaps([row("GLU", "1-8")], { from: ["lab"] })
    expect(ofLab?.of("lab", "OBX-3")?.name).toBe("tests")
    expect(ofLab?.of("poc", "OBX-3")).toBeUndefined()
    expect(ofLab?.of("lab", "DG1-3")).toBeUndefined()
    expect(openCodeMaps({})).toBeUndefined()
  })

  test("among 10,000 as fast as among ten", () => {
    const many = codeMaps(Array.from({ length: 10_000 }, (_, index) => row(`C${index}`, "718-7")))
    const few = codeMaps([row("C9", "718-7")])
    const costOf = (from: typeof many) => {
      const codeMap = from?.of("lab", "OBX-3")
      const times = Array.from({ length: 20 }, () => {
        const start = performance.now()
        for (let index = 0; index < 500; index++) codeMap?.find("L", "C9")
        return performance.now() - start
      })
      return Math.min(...times)
    }
    costOf(few)
    expect(costOf(many)).toBeLessThan(10 * costOf(few) + 1)
  })

  test("is on the list of unmapped codes until it has a place, or no code map", () => {
    const met = { codeMap: "tests", source: "lab", system: "L", display: "" }
    expect(isUnmapped(all, { ...met, field: "OBX-3", code: "CRP" })).toBe(true)
    expect(isUnmapped(all, { ...met, field: "OBX-3", code: "GLU" })).toBe(false)
    expect(isUnmapped(all, { ...met, field: "DG1-3", code: "CRP" })).toBe(false)
    expect(isUnmapped(undefined, { ...met, field: "OBX-3", code: "CRP" })).toBe(false)
  })
})

const header = "MSH|^~\\&|LAB|A|||20260415120000||ADT^A01|1|P|2.5.1"
const pid = "PID|1||77^^^KISUMU^MR||OTIENO^JANE"

function admission(segments: string[], asked: ReturnType<typeof codeMaps>) {
  return mapMessage(maps, message([header, pid, ...segments]), context({ codeMaps: asked }))
}

describe("a code map that comes later", () => {
  const segments = ["DG1|1||MAL^Malaria^L", "AL1|1|DA|PEN^Penicillin^L"]
  const given = { field: ["DG1-3", "AL1-3"] as CodedField[] }
  const system = "http://snomed.info/sct"
  const later = codeMaps(
    [
      row("MAL", "61462000", { targetSystem: system }),
      row("PEN", "764146007", { targetSystem: system }),
    ],
    given,
  )

  test("finds the conditions and allergies that were made before it", () => {
    const [before, after] = [undefined, later].map((asked) => {
      const mapped = admission(segments, asked)
      if ("problem" in mapped) throw new Error(mapped.problem)
      const types = ["Condition", "AllergyIntolerance"] as const
      return types.map((type) => {
        const [made] = resources(mapped.bundle, type)
        return { codes: made?.code?.coding?.map(({ code }) => code), of: made?.identifier }
      })
    })
    expect(before?.map(({ codes }) => codes)).toEqual([["MAL"], ["PEN"]])
    expect(after?.map(({ codes }) => codes)).toEqual([
      ["61462000", "MAL"],
      ["764146007", "PEN"],
    ])
    expect(after?.map(({ of }) => of)).toEqual(before?.map(({ of }) => of) ?? [])
  })

  test("says a code once where the sender gives the same one", () => {
    const mapped = admission(["DG1|1||MAL^Malaria^L^61462000^Malaria^SCT"], later)
    if ("problem" in mapped) throw new Error(mapped.problem)
    const [condition] = resources(mapped.bundle, "Condition") as Condition[]
    expect(condition?.code?.coding?.map(({ code }) => code)).toEqual(["61462000", "MAL"])
  })
})

describe("a code that has no place", () => {
  const segment = "DG1|1||B20^HIV^L"
  const given = { field: ["DG1-3"] as CodedField[], onUnknown: "hold" as const }

  test("holds the message, and a diagnosis is not named in the reason, which is logged", () => {
    const mapped = admission([segment], codeMaps([], given))
    expect(mapped).toEqual({
      problem: "a code of DG1-3 has no place in code map tests",
      unmapped: [{ ...{ codeMap: "tests", source: "adt", field: "DG1-3" }, ...hiv }],
    })
  })

  const hiv = { system: "L", code: "B20", display: "HIV" }

  test.each([
    ["LOINC", "X^X^LN"],
    ["SNOMED CT by its OID", "X^X^2.16.840.1.113883.6.96"],
    ["ICD-10 by its URI", "X^X^http://hl7.org/fhir/sid/icd-10"],
    ["a table of HL7's", "X^X^HL70078"],
    ["a standard in its second triplet", "X^X^L^Y^Y^I10"],
    ["a text alone", "^fever of unknown origin"],
  ])("is none of %s", (_of, code) => {
    expect(admission([`DG1|1||${code}`], codeMaps([], given))).not.toHaveProperty("problem")
  })

  test.each([
    ["no system", "X"],
    ["the laboratory's own", "X^X^L"],
    ["an OID that is nobody's standard", "X^X^1.2.3.4"],
    ["a URI that is nobody's standard", "X^X^https://lab.example/codes"],
  ])("is one of %s", (_of, code) => {
    expect(admission([`DG1|1||${code}`], codeMaps([], given))).toHaveProperty("problem")
  })

  test("is listed once a message, however often it stands there", () => {
    const mapped = admission([segment, segment, "DG1|3||B20^AIDS^M"], codeMaps([], given))
    expect(mapped.unmapped?.map(({ system, code }) => [system, code])).toEqual([
      ["L", "B20"],
      ["M", "B20"],
    ])
  })

  test("that measures is named in the reason only where it looks like a code", () => {
    const result = (code: string) =>
      mapMessage(
        maps,
        message([
          header.replace("ADT^A01", "ORU^R01"),
          pid,
          "OBR|1||1|1-8^a^LN",
          `OBX|1|ST|${code}||x`,
        ]),
        context({ codeMaps: codeMaps([], { onUnknown: "hold" }) }),
      )
    const ended = "of OBX-3 has no place in code map tests"
    expect(result("GLU^Glucose^L")).toMatchObject({ problem: `code "GLU" ${ended}` })
    expect(result("Jane Doe^^L")).toMatchObject({ problem: `a code ${ended}` })
    expect(result(`${"9".repeat(25)}^^L`)).toMatchObject({ problem: `a code ${ended}` })
  })
})
