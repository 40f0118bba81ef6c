import { expect, test } from "bun:test"
import { referenceRange } from "../../../src/map/type/range.ts"

test.each([
  ["4.5-11.0", 4.5, 11],
  ["4.5 - 11.0", 4.5, 11],
  ["4.5 to 11", 4.5, 11],
  ["4.5–11", 4.5, 11],
  ["-2.0-2.0", -2, 2],
  ["0-0", 0, 0],
])("a reference range %p has both its ends", (text, low, high) => {
  const unit = { unit: "g/L" }
  expect(referenceRange(text, unit)).toEqual({
    low: { value: low, ...unit },
    high: { value: high, ...unit },
    text,
  })
})

test.each(["<5", ">= 60", "11-4.5", "negative", "4,5-11,0", "1-2-3", "1.2.3-4", "-"])(
  "a reference range %p is only text",
  (text) => {
    expect(referenceRange(text, {})).toEqual({ text })
  },
)
