import { describe, expect, test } from "bun:test"
import { beginning, explanation } from "../../src/destination/explanation.ts"

const nothing = "an OperationOutcome that says nothing"

describe("what a server said, in one line", () => {
  test.each([
    [
      "the error and its place",
      [{ severity: "error", diagnostics: "no", expression: ["A.b"] }],
      "no (A.b)",
    ],
    [
      "the older location",
      [{ severity: "error", diagnostics: "no", location: ["/f:A"] }],
      "no (/f:A)",
    ],
    ["the text of its details", [{ severity: "error", details: { text: "bad" } }], "bad"],
    ["its code, for want of more", [{ severity: "error", code: "invalid" }], "invalid"],
    [
      "errors before warnings",
      [
        { severity: "warning", diagnostics: "odd" },
        { severity: "fatal", diagnostics: "one" },
        { severity: "error", diagnostics: "two" },
      ],
      "one; two",
    ],
    ["a warning, when that is all", [{ severity: "warning", diagnostics: "odd" }], "odd"],
    ["issues of nonsense", [null, 1, { diagnostics: 5 }], nothing],
    ["no list of issues", "none", nothing],
  ])("%s", (_what, issue, line) => {
    expect(explanation(JSON.stringify({ resourceType: "OperationOutcome", issue }))).toBe(line)
  })

  test("a long page is cut, and control characters and line ends are gone", () => {
    const line = beginning(`<html>\r\n\t\u0000\u001b[31m${"é".repeat(5_000_000)}`)
    expect(line).toStartWith("<html> [31mé")
    expect(line.length).toBe(201)
  })

  test("a cut through a surrogate pair leaves no half of one", () => {
    expect(beginning(`${"a".repeat(199)}😀😀`).isWellFormed()).toBe(true)
  })
})
