import { describe, expect, test } from "bun:test"
import { mapped, message, resources } from "../build.ts"

const header = "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1"
const pid = "PID|1||A1^^^KISUMU"

function read(...lines: string[]) {
  return mapped(message([header, pid, ...lines]))
}

describe("an allergy", () => {
  const allergies = (...lines: string[]) => resources(read(...lines).bundle, "AllergyIntolerance")

  test("to which several reactions are told, each in an AL1, has them all", () => {
    const made = allergies(
      "AL1|1|DA|7980^Penicillin^RXNORM|MI|Itching",
      "AL1|2|DA|7980^Penicillin^RXNORM|SV|Anaphylaxis",
      "AL1|3|DA|7980^Penicillin^RXNORM|SV",
      "AL1|4|DA|7980^Penicillin^RXNORM|MI",
    )
    expect(made).toHaveLength(1)
    expect(made[0]?.reaction).toEqual([
      { manifestation: [{ text: "Itching" }], severity: "mild" },
      { manifestation: [{ text: "Anaphylaxis" }], severity: "severe" },
    ])
    expect(made[0]?.criticality).toBe("high")
  })

  test("that is withdrawn and told again in one message stands", () => {
    const deleted = "IAM|1|DA|7980^Penicillin^RXNORM|SV||D"
    const [again] = allergies(deleted, deleted.replace("||D", "|Rash|A"))
    expect(again?.verificationStatus?.coding?.[0]?.code).not.toBe("entered-in-error")
    expect(again?.reaction).toHaveLength(1)
    const [gone] = allergies(deleted)
    expect(gone?.verificationStatus?.coding?.[0]?.code).toBe("entered-in-error")
  })

  test("is known by the patient and the allergen, so that a second message updates it", () => {
    const [mild] = allergies("AL1|1|DA|7980^Penicillin^RXNORM|MI")
    const [severe] = allergies("AL1|2|DA|7980^Penicillin G^RXNORM|SV|Rash")
    const [other] = allergies("AL1|1|DA|1191^Aspirin^RXNORM|MI")
    expect(severe?.identifier).toEqual(mild?.identifier)
    expect(other?.identifier).not.toEqual(mild?.identifier)
  })

  test("has its severity where a reaction is told, and is grave by itself where none is", () => {
    const [reacted] = allergies("AL1|1|DA|7980^Penicillin^RXNORM|SV|Rash~Wheeze")
    expect(reacted?.reaction).toEqual([
      { manifestation: [{ text: "Rash" }, { text: "Wheeze" }], severity: "severe" },
    ])
    expect(reacted).not.toHaveProperty("criticality")
    const [alone] = allergies("AL1|1|DA|7980^Penicillin^RXNORM|SV")
    expect(alone?.criticality).toBe("high")
    expect(alone).not.toHaveProperty("reaction")
  })

  test("to nothing is left out and noted", () => {
    const { bundle, notes } = read("AL1|1|DA||SV")
    expect(resources(bundle, "AllergyIntolerance")).toEqual([])
    expect(notes).toEqual(["AL1-3: no allergen is named; the allergy is left out"])
  })
})

describe("a diagnosis", () => {
  const visit = (number: string) => `PV1|1|O|||||||||||||||||${number}`
  const conditions = (...lines: string[]) => resources(read(...lines).bundle, "Condition")

  test("is one of its visit: malaria in March and in June are two", () => {
    const [march] = conditions(visit("V1"), "DG1|1||B54^Malaria^I10")
    const [again] = conditions(visit("V1"), "DG1|2||B54^Unspecified malaria^I10||20260415|F")
    const [june] = conditions(visit("V2"), "DG1|1||B54^Malaria^I10")
    expect(again?.identifier).toEqual(march?.identifier)
    expect(june?.identifier).not.toEqual(march?.identifier)
  })

  test.each([
    ["W", "", "provisional"],
    ["F", "", "confirmed"],
    ["A", "", undefined],
    ["F", "D", "entered-in-error"],
  ])("of type %s and action %j is %p", (type, action, status) => {
    const [made] = conditions(`DG1|1||B54^Malaria^I10|||${type}|||||||||||||||${action}`)
    expect(made?.verificationStatus?.coding?.[0]?.code).toBe(status)
    // con-5 forbids the one with the other.
    expect(made?.clinicalStatus === undefined).toBe(status === "entered-in-error")
  })

  test("of an old sender has only a description, and none at all is noted", () => {
    expect(conditions("DG1|1|||Fever of unknown origin")[0]?.code).toEqual({
      text: "Fever of unknown origin",
    })
    const { bundle, notes } = read("DG1|1|I10")
    expect(resources(bundle, "Condition")).toEqual([])
    expect(notes).toEqual(["DG1-3: no diagnosis is named; it is left out"])
  })
})

describe("an insurance", () => {
  const insured = (rest: string) => `IN1|1|NHIF^National Fund|${rest}`
  const coverages = (...lines: string[]) => {
    const { bundle } = read(...lines)
    return { coverage: resources(bundle, "Coverage"), payor: resources(bundle, "Organization") }
  }

  test("names the company that pays, by its number and else by its name", () => {
    const numbered = coverages(insured("77^^^MOH|National Hospital Insurance Fund"))
    expect(numbered.payor[0]).toMatchObject({ name: "National Hospital Insurance Fund" })
    expect(numbered.payor[0]?.identifier?.[1]?.value).toBe("77")
    expect(coverages(insured("|Britam")).payor[0]).toMatchObject({ name: "Britam" })
  })

  test("of which only the plan is known is paid by what the plan is called", () => {
    const { coverage, payor } = coverages(insured(""))
    expect(payor).toEqual([])
    expect(coverage[0]?.payor).toEqual([{ display: "National Fund" }])
  })

  test("of which nothing is known is left out and noted", () => {
    const { bundle, notes } = read("IN1|1")
    expect(resources(bundle, "Coverage")).toEqual([])
    expect(notes).toEqual(["IN1: neither a company nor a plan is named; the coverage is left out"])
  })

  test.each([
    ["SEL", "self", true],
    ["SPO", "spouse", false],
    ["MTH", "child", false],
    ["BRO", "other", false],
  ])("of relationship %s is the patient's as %s", (code, relationship, subscribes) => {
    const { coverage } = coverages(insured(`|Britam|||||||||||||${code}`))
    expect(coverage[0]?.relationship?.coding?.[0]?.code).toBe(relationship)
    expect(coverage[0]?.subscriber !== undefined).toBe(subscribes)
  })
})

describe("the contacts of a patient", () => {
  const contacts = (...lines: string[]) => resources(read(...lines).bundle, "Patient")[0]?.contact

  test("are those of all NK1, with their role in FHIR's words and the sender's", () => {
    const made = contacts("NK1|1|ACHIENG^PETER|SPO^Mume^99L||0722|057", "NK1|2|AUMA^ROSE|MTH")
    expect(made?.map(({ name }) => name?.given)).toEqual([["PETER"], ["ROSE"]])
    expect(
      made?.[0]?.relationship?.[0]?.coding?.map(({ code, display }) => [code, display]),
    ).toEqual([
      ["SPS", "spouse"],
      ["SPO", "Mume"],
    ])
    expect(made?.[0]?.telecom?.map(({ use, value }) => [use, value])).toEqual([
      [undefined, "0722"],
      ["work", "057"],
    ])
    expect(made?.[1]?.relationship?.[0]?.coding?.map(({ code }) => code)).toEqual(["MTH"])
  })

  test("are none of whom neither a name nor a way to reach them is told", () => {
    expect(contacts("NK1|1||SPO^Spouse")).toBeUndefined()
  })

  test("are deleted by an NK1 that deletes its name", () => {
    const { told } = read('NK1|1|""')
    expect(told.find(({ part }) => part === "NK1")?.value).toBeNull()
  })
})
