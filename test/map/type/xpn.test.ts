import { describe, expect, test } from "bun:test"
import { personName, personNames } from "../../../src/map/type/xpn.ts"
import { field, sent } from "./field.ts"

function named(value: string) {
  const { repetition, read } = field(value)
  return { name: sent(personName(repetition, "PID-5", read)), notes: read.notes }
}

const table0200 = "http://terminology.hl7.org/CodeSystem/v2-0200"
const structure = "http://hl7.org/fhir/StructureDefinition"

test("a name keeps all of its parts, and the time it holds for", () => {
  const { name } = named("Otieno^Achieng^Grace^Jr^Dr^MD^L^^^^G^20200101^20251231^OBE")
  expect(name).toEqual({
    extension: [{ url: `${structure}/humanname-assembly-order`, valueCode: "G" }],
    use: "official",
    family: "Otieno",
    given: ["Achieng", "Grace"],
    prefix: ["Dr"],
    suffix: ["Jr", "MD", "OBE"],
    period: { start: "2020-01-01", end: "2025-12-31" },
  })
})

test("the validity range of old senders counts where the two dates are not sent", () => {
  expect(named("Otieno^^^^^^^^^20200101&20251231").name).toHaveProperty("period", {
    start: "2020-01-01",
    end: "2025-12-31",
  })
})

test("a family name tells what of it is the person's own and what the partner's", () => {
  const { name } = named("van der Berg-de Vries&van der&Berg&de&Vries^Anna")
  expect(name).toEqual({
    family: "van der Berg-de Vries",
    _family: {
      extension: [
        { url: `${structure}/humanname-own-prefix`, valueString: "van der" },
        { url: `${structure}/humanname-own-name`, valueString: "Berg" },
        { url: `${structure}/humanname-partner-prefix`, valueString: "de" },
        { url: `${structure}/humanname-partner-name`, valueString: "Vries" },
      ],
    },
    given: ["Anna"],
  })
  expect(named("&van der&Berg^Anna").name).toHaveProperty("family", "van der Berg")
})

describe("the type of a name", () => {
  test.each([
    ["L", "official", undefined],
    ["N", "nickname", undefined],
    ["NB", "temp", "NB"],
    ["BAD", "old", "BAD"],
    ["S", "anonymous", "S"],
    ["B", undefined, "B"],
    ["U", undefined, undefined],
  ])("%p is the use %p, and %p is kept beside it", (code, use, kept) => {
    const { name, notes } = named(`Otieno^^^^^^${code}`)
    expect(name?.use as string | undefined).toBe(use)
    const [coding] = name?._use?.extension?.[0]?.valueCodeableConcept?.coding ?? []
    expect(coding?.code).toBe(kept as string)
    expect(coding?.system).toBe((kept && table0200) as string)
    expect(notes).toEqual([])
  })

  test("that the table does not have is kept, and noted", () => {
    const { name, notes } = named("Otieno^^^^^^XX")
    expect(name?._use?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe("XX")
    expect(notes).toEqual(["PID-5: a name type that is not in table 0200"])
  })
})

test("what a person is called by is a name of its own", () => {
  const { repetition, read } = field("Otieno^Achieng^^^^^L^^^^^^^^Chichi")
  const names = personNames(repetition, "PID-5", read)
  expect(names.map(({ use, given }) => [use, given])).toEqual([
    ["official", ["Achieng"]],
    ["nickname", ["Chichi"]],
  ])
})

test("a type, an order or a time alone names nobody", () => {
  expect(named("^^^^^^L^^^^G^20200101").name).toBeUndefined()
})
