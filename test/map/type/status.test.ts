import { expect, test } from "bun:test"
import { statusOf } from "../../../src/map/type/status.ts"
import { observationStatus } from "../../../src/map/vocabulary/observation-status.ts"
import { reading } from "../build.ts"

test("a status that is in no table is kept beside, as R4 allows a code to be written", () => {
  const from = { field: "OBX-11", table: "0085", plain: "F" }
  const made = statusOf(observationStatus, "F\nnot  yet", from, reading(["MSH|^~\\&|"]))
  expect(made.status).toBe("unknown")
  expect(made._status?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe("F not yet")
})
