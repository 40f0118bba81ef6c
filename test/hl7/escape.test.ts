import { describe, expect, test } from "bun:test"
import { type Delimiters, unescaped } from "../../src/hl7/escape.ts"

const usual: Delimiters = {
  field: "|",
  component: "^",
  repetition: "~",
  escape: "\\",
  subcomponent: "&",
}

describe("an escape sequence", () => {
  test.each([
    ["\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\"],
    ["5 \\T\\ 6", "5 & 6"],
    ["one\\.br\\two", "one\ntwo"],
    ["one\\.sp2\\two", "one\n\ntwo"],
    ["one\\.sk3\\two", "one   two"],
    ["\\.in+4\\one\\.fi\\", "one"],
    ["\\H\\high\\N\\ low", "high low"],
    ["caf\\XC3A9\\", "café"],
    ["one\\X0D0A\\two", "one\ntwo"],
    ["nul\\X00\\", "nul"],
    ["\\C2842\\plain\\M242842\\", "plain"],
  ])("%j becomes %j", (text, plain) => {
    expect(unescaped(text, usual, "utf-8")).toBe(plain)
  })

  test.each([
    ["an unknown one", "a\\Q9\\b"],
    ["one that is not closed", "a\\Fb"],
    ["a path", "C:\\lab\\results"],
    ["an odd number of hexadecimal digits", "\\X0D0\\"],
    ["a hexadecimal escape with no digits", "\\X\\"],
    ["a local one, which only the sender can read", "\\Zab\\"],
    ["an unknown line command", "\\.zz\\"],
  ])("stays as it stands: %s", (_name, text) => {
    expect(unescaped(text, usual, "utf-8")).toBe(text)
  })

  test("after an unknown one is still read", () => {
    expect(unescaped("a\\lab\\T\\b", usual, "utf-8")).toBe("a\\lab&b")
  })

  test("in hexadecimal is read in the charset of the message", () => {
    expect(unescaped("\\XE9\\", usual, "iso-8859-5")).toBe("щ")
    expect(unescaped("\\XE9\\", usual, "utf-8")).toBe("é")
  })

  test("uses the message's own delimiters", () => {
    const own = { ...usual, escape: "?", component: "*" }
    expect(unescaped("?S?\\F\\", own, "utf-8")).toBe("*\\F\\")
    expect(unescaped("\\F\\", { ...usual, escape: "" }, "utf-8")).toBe("\\F\\")
  })

  test("costs the same however many there are", () => {
    const text = "\\x".repeat(200_000)
    expect(unescaped(text, usual, "utf-8")).toBe(text)
  })
})
