import { expect, test } from "bun:test"
import { goldens, mapGolden, rendered } from "./golden.ts"
import { invalid } from "./validate.ts"

test.each(await goldens())("$name: the message becomes what its file says", (golden) => {
  const mapped = mapGolden(golden)
  const { expected, notes } = rendered(mapped)
  expect(expected).toBe(golden.expected.trimEnd())
  expect(notes).toBe(golden.notes)
  // Nothing is sent of a Bundle of no entries.
  if ("bundle" in mapped && mapped.bundle.entry) expect(invalid(mapped.bundle)).toEqual([])
})
