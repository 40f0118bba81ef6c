import { describe, expect, test } from "bun:test"
import { codingSystem } from "../../../src/map/type/coding.ts"
import { concept, translated } from "../../../src/map/type/cwe.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1"

describe("a coding system", () => {
  test.each([
    ["LN", "http://loinc.org"],
    ["ln", "http://loinc.org"],
    ["SCT", "http://snomed.info/sct"],
    ["I10", "http://hl7.org/fhir/sid/icd-10"],
    ["I9C", "http://hl7.org/fhir/sid/icd-9-cm"],
    ["CVX", "http://hl7.org/fhir/sid/cvx"],
    ["NDC", "http://hl7.org/fhir/sid/ndc"],
    ["C4", "http://www.ama-assn.org/go/cpt"],
    ["UCUM", "http://unitsofmeasure.org"],
    ["RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"],
    ["HL70078", "http://terminology.hl7.org/CodeSystem/v2-0078"],
    ["2.16.840.1.113883.6.1", "urn:oid:2.16.840.1.113883.6.1"],
    ["http://example.org/codes", "http://example.org/codes"],
    ["99LAB", "urn:waystation:kisumu-01:99LAB"],
    ["L", "urn:waystation:kisumu-01:L"],
    ["toString", "urn:waystation:kisumu-01:toString"],
    [undefined, "urn:waystation:kisumu-01:0069"],
  ])("named %p is %s", (name, system) => {
    expect(codingSystem(name, undefined, "0069", reading([header]))).toBe(system)
  })

  test("that only an OID makes unique goes by it", () => {
    const read = reading([header])
    expect(codingSystem("99LAB", "1.2.840.5", "0069", read)).toBe("urn:oid:1.2.840.5")
    expect(codingSystem("LN", "1.2.840.5", "0069", read)).toBe("http://loinc.org")
    expect(codingSystem("99LAB", "no oid", "0069", read)).toBe("urn:waystation:kisumu-01:99LAB")
  })
})

describe("a coded element", () => {
  const coded = (field: string) => {
    const read = reading([header, `ZZZ|${field}`])
    const [repetition] = read.parsed.first("ZZZ")?.repetitions(1) ?? []
    if (repetition === undefined) throw new Error("no field")
    return { read, repetition, concept: concept(repetition, "PID-16", read) }
  }

  test("keeps all of its triplets, their versions and the original text", () => {
    const made = coded("718-7^Hb^LN^HGB^Haemoglobin^L^2.7^1^Hb, venous^30313-1^Hb art^LN").concept
    expect(made?.text).toBe("Hb, venous")
    expect(made?.coding).toEqual([
      { system: "http://loinc.org", version: "2.7", code: "718-7", display: "Hb" },
      {
        system: "urn:waystation:kisumu-01:L",
        version: "1",
        code: "HGB",
        display: "Haemoglobin",
      },
      { system: "http://loinc.org", version: undefined, code: "30313-1", display: "Hb art" },
    ])
  })

  test("without a code is a text, and a code holds no two spaces in a row", () => {
    expect(coded("^Timothy grass").concept).toEqual({ coding: [], text: "Timothy grass" })
    expect(coded("A  B").concept?.coding?.[0]?.code).toBe("A B")
  })

  test("is FHIR's code first, and the sender's beside it where it says more than the code", () => {
    const target = { system: "urn:fhir", code: "X", display: "FHIR's" }
    const codes = (field: string) => {
      const { read, repetition } = coded(field)
      return translated(repetition, target, "PID-16", read)?.coding?.map(({ code }) => code)
    }
    expect(codes("M")).toEqual(["X"])
    expect(codes("M^Married^99L")).toEqual(["X", "M"])
    expect(codes("M^^^K^Ndoa^L")).toEqual(["X", "K"])
  })
})
