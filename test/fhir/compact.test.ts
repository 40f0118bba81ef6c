import { expect, test } from "bun:test"
import { compact } from "../../src/fhir/compact.ts"

test("what R4 forbids to write is left out, however deep it is", () => {
  const given: object = { a: "", b: [], c: {}, d: undefined, e: [{ f: [""] }, { g: 1 }], h: false }
  expect(compact<object>({ ...given, i: 0 })).toEqual({ e: [{ g: 1 }], h: false, i: 0 })
})

test("of nothing but emptiness nothing is left", () => {
  expect(compact({ a: [{ b: { c: "" } }] })).toBeUndefined()
})

test("what is given stays as it is, also where something of it is left out", () => {
  const given = { a: { b: "", c: 1 }, d: ["", "e"], f: { g: 2 } }
  expect(compact<object>(given)).toEqual({ a: { c: 1 }, d: ["e"], f: { g: 2 } })
  expect(given).toEqual({ a: { b: "", c: 1 }, d: ["", "e"], f: { g: 2 } })
})

test("the members keep their order", () => {
  const given = { a: 1, b: undefined, c: { d: "", e: 2 }, f: 3 }
  expect(JSON.stringify(compact<object>(given))).toBe('{"a":1,"c":{"e":2},"f":3}')
})

test("what is referred to is told, in what is copied and in what is not", () => {
  const references: string[] = []
  compact({ a: { reference: "urn:1" }, b: [{ reference: "urn:2", display: "" }] }, references)
  expect(references).toEqual(["urn:1", "urn:2"])
})
