import { expect, test } from "bun:test"
import { compact } from "../../src/fhir/compact.ts"

test("what R4 forbids to write is left out, however deep it is", () => {
  const given: object = { a: "", b: [], c: {}, d: undefined, e: [{ f: [""] }, { g: 1 }], h: false }
  expect(compact<object>({ ...given, i: 0 })).toEqual({ e: [{ g: 1 }], h: false, i: 0 })
})

test("of nothing but emptiness nothing is left", () => {
  expect(compact({ a: [{ b: { c: "" } }] })).toBeUndefined()
})
