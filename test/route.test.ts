import { expect, test } from "bun:test"
import { owed } from "../src/route.ts"

const routes = [
  { from: ["lab"], type: ["ORU^R01", "ADT"], to: ["central", "archive"] },
  { from: ["lab", "ward"], to: ["archive"] },
]

test.each([
  ["a type that is named goes to every destination, each once", "lab", "ORU^R01"],
  ["a family that is named stands for all its events", "lab", "ADT^A08"],
])("%s", (_sentence, source, type) => {
  expect(owed(routes, { source, type })).toEqual(["central", "archive"])
})

test("a route without types takes everything from its sources", () => {
  expect(owed(routes, { source: "ward", type: "SIU^S12" })).toEqual(["archive"])
})

test("a type is not taken for another that begins like it", () => {
  expect(owed(routes, { source: "lab", type: "ORU^R30" })).toEqual(["archive"])
  expect(owed(routes, { source: "lab", type: "ADTX" })).toEqual(["archive"])
})

test("a message no route wants is owed to nobody", () => {
  expect(owed(routes, { source: "analyzer", type: "ORU^R01" })).toEqual([])
})
