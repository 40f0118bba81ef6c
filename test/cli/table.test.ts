import { describe, expect, test } from "bun:test"
import { plain, span, table, when } from "../../src/cli/table.ts"

describe("a table", () => {
  test("has each column as wide as it must be, numbers to the right, no blanks behind", () => {
    const rows = [
      ["1", "lab", "short"],
      ["1234", "a-longer-name", ""],
    ]
    expect(table([{ right: "ID" }, "SOURCE", "REASON"], rows)).toBe(
      ["  ID  SOURCE         REASON", "   1  lab            short", "1234  a-longer-name"].join(
        "\n",
      ),
    )
  })

  test("goes on below where a list at its end is wider than a terminal, and cuts no item", () => {
    const items = Array.from({ length: 5 }, (_, index) => `central delivered (${index})`)
    const long = "x".repeat(80)
    const rows = [
      ["1", items.join(", ")],
      ["2", `${long}, y`],
      ["3", ""],
    ]
    expect(table([{ right: "ID" }, { list: "ALL" }], rows).split("\n")).toEqual([
      "ID  ALL",
      " 1  central delivered (0), central delivered (1), central delivered (2),",
      "    central delivered (3), central delivered (4)",
      ` 2  ${long},`,
      "    y",
      " 3",
    ])
  })

  test("of nothing is its headings", () => {
    expect(table(["A", { right: "B" }], [])).toBe("A  B")
  })

  test("lets nothing through that a terminal would obey, and keeps to its lines", () => {
    const reason = "no\u001b[2J\r\nsuch\u0007 \u202ecode\u2028now"
    expect(table(["REASON"], [[reason]])).toBe("REASON\nno [2J such code now")
    expect(plain("é 検査\tß")).toBe("é 検査 ß")
  })
})

test.each<[number | null, string]>([
  [null, "-"],
  [0, "0 s"],
  [119, "119 s"],
  [120, "2 min"],
  [7_199, "119 min"],
  [7_200, "2 h"],
  [172_800, "2 d"],
])("a time of %p seconds is %s", (seconds, words) => {
  expect(span(seconds)).toBe(words)
})

test("a time is the terminal's own, and one that there is not a dash", () => {
  expect(when("2026-04-15T12:34:56.000Z")).toMatch(/^2026-04-1[456] \d\d:\d4$/)
  expect(when(null)).toBe("-")
})
