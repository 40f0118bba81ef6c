import { describe, expect, test } from "bun:test"
import { openCodeMaps } from "../../../src/map/codes/code-maps.ts"
import { mapMessage, maps } from "../../../src/map/index.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"

const header = (type: string) => `MSH|^~\\&|HIS|KISUMU|||20260415||${type}|C1|P|2.5.1`

/** A segment of these fields, by their numbers. */
function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

function pid(fields: Record<number, string> = {}): string {
  return segment("PID", { 3: "A1^^^KISUMU", ...fields })
}

describe("the mother whose number a newborn's record has", () => {
  const mothers = (type: string, value: string) =>
    resources(mapped(message([header(type), pid({ 21: value }), ...below(type)])).bundle, mother)
  const below = (type: string) => (type.startsWith("ORU") ? ["OBR|1||L1|718-7^Hb^LN"] : [])
  const mother = "RelatedPerson"

  test("is one person, whatever else is told of her and whoever tells", () => {
    const [told] = mothers("ADT^A28", "M7^^^KISUMU^MR")
    const [more] = mothers("ADT^A31", "M7^^^KISUMU^MR~99^^^NHIF^HC")
    const [result] = mothers("ORU^R01", "M7^^^KISUMU")
    const [other] = mothers("ADT^A28", "M8^^^KISUMU^MR")
    expect(more?.identifier?.[0]).toEqual(told?.identifier?.[0] as object)
    expect(result?.identifier?.[0]).toEqual(told?.identifier?.[0] as object)
    expect(other?.identifier?.[0]).not.toEqual(told?.identifier?.[0] as object)
    expect(more?.identifier).toHaveLength(3)
  })

  test("is written by an ADT, and only made where she is missing by a result", () => {
    const methodOf = (type: string) => {
      const { bundle } = mapped(message([header(type), pid({ 21: "M7" }), ...below(type)]))
      expect(invalid(bundle)).toEqual([])
      return bundle.entry?.find(({ resource }) => resource?.resourceType === mother)?.request
        ?.method
    }
    expect(methodOf("ADT^A28")).toBe("PUT")
    expect(methodOf("ORU^R01")).toBe("POST")
  })

  test("is nobody where her number is deleted or has only an assigner", () => {
    expect(mothers("ADT^A31", '""')).toEqual([])
    expect(mothers("ADT^A31", "^^^KISUMU^MR")).toEqual([])
  })
})

describe("a person who is treated with special care", () => {
  const important = (given: ReturnType<typeof mapped>) =>
    resources(given.bundle, "Patient")[0]?.extension?.map(({ url }) => url.split("/").at(-1))
  const visit = (value: string) => segment("PV1", { 2: "O", 16: value, 19: "V1" })

  test("stays so through a visit that says nothing of it, until it is taken back", () => {
    const first = mapped(message([header("ADT^A01"), pid(), visit("VIP")], { id: 1 }))
    expect(important(first)).toEqual(["patient-importance"])
    const second = mapped(message([header("ADT^A08"), pid(), visit("")], { id: 2 }), first.told)
    expect(important(second)).toEqual(["patient-importance"])
    const known = [...first.told, ...second.told]
    const third = mapped(message([header("ADT^A08"), pid(), visit('""')], { id: 3 }), known)
    expect(important(third)).toBeUndefined()
  })

  test("is so for the laboratory too", () => {
    const lines = [header("ORU^R01"), pid(), visit("VIP"), "OBR|1||L1|718-7^Hb^LN"]
    expect(important(mapped(message(lines)))).toEqual(["patient-importance"])
  })
})

describe("an animal", () => {
  const animal = (fields: Record<number, string>) => {
    const { bundle } = mapped(message([header("ADT^A28"), pid(fields)]))
    expect(invalid(bundle)).toEqual([])
    return resources(bundle, "Patient")[0]?.extension?.map((one) =>
      one.extension?.map(({ url, valueCodeableConcept: value }) => [url, value?.coding?.[0]?.code]),
    )
  }

  test("has species and breed in one place, and an unknown species with a breed alone", () => {
    const [species, breed] = ["DOG^Dog^99VET", "BOE^Boerboel^99VET"]
    expect(animal({ 35: species, 36: breed })).toEqual([
      [
        ["species", "DOG"],
        ["breed", "BOE"],
      ],
    ])
    expect(animal({ 36: breed })).toEqual([
      [
        ["species", undefined],
        ["breed", "BOE"],
      ],
    ])
    expect(animal({ 35: species })).toEqual([[["species", "DOG"]]])
  })
})

test("a reaction in words is a text, and what a code map makes of it stands with it", () => {
  const snomed = "http://snomed.info/sct"
  const row = {
    ...{ source: "", field: "", system: "", code: "Weal", display: "" },
    ...{ targetSystem: snomed, targetCode: "247472004", targetDisplay: "" },
  }
  const codeMaps = openCodeMaps({ reactions: { field: ["IAM-5"], onUnknown: "pass", row: [row] } })
  const iam = segment("IAM", { 3: "PEN^Penicillin^L", 5: "Weal~Hives~X1^Wheeze^99R", 7: "1" })
  const made = mapMessage(maps, message([header("ADT^A60"), pid(), iam]), context({ codeMaps }))
  if ("problem" in made) throw new Error(made.problem)
  const [allergy] = resources(made.bundle, "AllergyIntolerance")
  expect(allergy?.reaction?.[0]?.manifestation).toEqual([
    { coding: [{ system: snomed, code: "247472004" }], text: "Weal" },
    { text: "Hives" },
    { coding: [{ system: "urn:waystation:kisumu-01:99R", code: "X1", display: "Wheeze" }] },
  ])
})
