import { describe, expect, test } from "bun:test"
import { mapMessage, maps } from "../../src/map/index.ts"
import type { MessageMap } from "../../src/mapping.ts"
import { context, message } from "./build.ts"

const header = "MSH|^~\\&|HIS|CLINIC|||20260415120000||CSU^C09|C1|P|2.5.1"

describe("a message", () => {
  test("of a type nobody maps is held with that type's name", () => {
    expect(mapMessage(maps, message([header]), context())).toEqual({
      problem: "no map for CSU^C09",
    })
    expect(mapMessage(maps, message([header], { type: "" }), context())).toEqual({
      problem: "no map for a message of no type",
    })
  })

  test("that breaks a map is held, and nothing it said stands in the reason", () => {
    const failing = (error: unknown): MessageMap => ({
      types: ["CSU^C09"],
      map: () => {
        throw error
      },
    })
    const reason = (error: unknown) => mapMessage([failing(error)], message([header]), context())
    expect(reason(new Error("Patient refers to nothing"))).toEqual({
      problem: "the CSU map failed: Patient refers to nothing",
    })
    expect(reason(new RangeError("invalid time ACHIENG"))).toEqual({
      problem: "the CSU map failed: RangeError",
    })
    expect(reason("ACHIENG")).toEqual({
      problem: "the CSU map failed: something that is no error was thrown",
    })
  })

  test("with more segments than a box has memory for is held, and says what to do", () => {
    const any: MessageMap = { types: ["CSU^C09"], map: () => ({ problem: "mapped" }) }
    const mapped = (segments: number) =>
      mapMessage([any], message([header, ...new Array(segments - 1).fill("OBX|1")]), context())
    expect(mapped(50_000)).toEqual({ problem: "mapped" })
    const problem = "more than 50,000 segments, which would take too much memory to map"
    expect(mapped(50_001)).toEqual({ problem: expect.stringContaining(problem) })
  })
})

test("no two maps claim one type", () => {
  const types = maps.flatMap((map) => map.types)
  expect(new Set(types).size).toBe(types.length)
})
