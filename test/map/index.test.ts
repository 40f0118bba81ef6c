import { describe, expect, test } from "bun:test"
import { mapMessage, maps, ownedResources } from "../../src/map/index.ts"
import type { MessageMap } from "../../src/mapping.ts"
import { context, message, resources } from "./build.ts"

const header = "MSH|^~\\&|HIS|CLINIC|||20260415120000||CSU^C09|C1|P|2.5.1"

describe("a message", () => {
  const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"

  test("of a type nobody maps is held with that type's name where nothing can be said", () => {
    expect(mapMessage(maps, message([header]), context())).toEqual({
      problem: "no map for CSU^C09, and no PID segment in it",
    })
    expect(mapMessage(maps, message([header], { type: "" }), context())).toEqual({
      problem: "no map for a message of no type, and no PID segment in it",
    })
    expect(mapMessage(maps, message([header, pid, "ZLY|1|gold"]), context())).toEqual({
      problem: "no map for CSU^C09, and nothing clinical in what is understood",
    })
  })

  test("of a type nobody maps is mapped for the segments that are understood", () => {
    const lines = [header, pid, "AL1|1|DA|7980^Penicillin^RXNORM"]
    const mapped = mapMessage(maps, message(lines), context())
    if ("problem" in mapped) throw new Error(mapped.problem)
    expect(resources(mapped.bundle, "AllergyIntolerance")).toHaveLength(1)
    expect(mapped.notes).toEqual(["no map for CSU^C09: it was read segment by segment"])
  })

  test("of a trigger nobody maps is read by the family of its code or of its own segment", () => {
    const made = (type: string, lines: readonly string[]) => {
      const mapped = mapMessage(maps, message([header, pid, ...lines], { type }), context())
      if ("problem" in mapped) throw new Error(mapped.problem)
      return mapped
    }
    const vaccine = ["ORC|RE||V-1", "RXA|0|1|20260415||115^Tdap^CVX|999|||||||||||||||CP"]
    expect(resources(made("VXU^Z22", vaccine).bundle, "Immunization")).toHaveLength(1)
    const letter = ["TXA|1|CN|TX|||||||||D-1|||||AU", "OBX|1|TX|18842-5^Letter^LN||Dear all||||||F"]
    expect(resources(made("ZDC^Z01", letter).bundle, "DocumentReference")).toHaveLength(1)
    const owned = ownedResources(maps, message([header, pid, "SCH|A-1"]), context())
    expect(owned).toEqual([expect.stringContaining("Appointment/")])
  })

  test("that asks, answers or acknowledges has nothing to send, and is not held", () => {
    for (const type of ["ACK", "ACK^R01", "QBP^Q11", "RSP^K11", "QRY^A19"]) {
      const mapped = mapMessage(maps, message([header, pid], { type }), context())
      if ("problem" in mapped) throw new Error(mapped.problem)
      expect(mapped.bundle.entry).toBeUndefined()
      expect(mapped.notes).toEqual([expect.stringContaining("it is kept, and not mapped")])
    }
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
