import { describe, expect, test } from "bun:test"
import * as v from "valibot"
import { bytes, duration, timeout, timezone } from "../src/units.ts"

describe("durations", () => {
  test.each([
    ["250ms", 250],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["30d", 2_592_000_000],
  ])("%s is %d milliseconds", (text, ms) => {
    expect(v.parse(duration, text)).toBe(ms)
  })

  test.each(["", "0s", "30", "s", "1.5s", "-1s", "30 s", "30S", "1w", "12345678901s", "1s1m"])(
    "%j is no duration, and the message shows one",
    (text) => {
      expect(v.safeParse(duration, text).issues?.[0].message).toContain('such as "30s"')
    },
  )

  test("a bare number is refused: nobody could tell whether it means seconds", () => {
    expect(v.safeParse(duration, 30).issues?.[0].message).toContain("in quotes")
  })

  test("a timeout longer than a timer can wait is refused, since it would fire at once", () => {
    expect(v.parse(timeout, "24d")).toBe(2_073_600_000)
    expect(v.safeParse(timeout, "25d").issues?.[0].message).toContain("24 days")
  })
})

describe("sizes", () => {
  test.each([
    ["1B", 1],
    ["512KiB", 524_288],
    ["64MiB", 67_108_864],
    ["2GiB", 2_147_483_648],
  ])("%s is %d bytes", (text, count) => {
    expect(v.parse(bytes, text)).toBe(count)
  })

  test.each(["", "0MiB", "64", "64MB", "64 MiB", "1.5GiB"])("%j is no size", (text) => {
    expect(v.safeParse(bytes, text).issues?.[0].message).toContain('such as "512KiB"')
  })
})

test("a zone is one of the IANA database", () => {
  expect(v.safeParse(timezone, "Africa/Nairobi").success).toBe(true)
  expect(v.safeParse(timezone, "Africa/Kisumu").issues?.[0].message).toContain("IANA")
})
