import { describe, expect, test } from "bun:test"
import * as v from "valibot"
import { fhir } from "../../../src/destination/fhir/index.ts"

const url = "https://central.example/fhir"

describe("the section of a FHIR destination", () => {
  test("needs its address and nothing else", () => {
    expect(v.parse(fhir.config, { kind: "fhir", url })).toEqual({
      kind: "fhir",
      url,
      timeout: 30_000,
      format: "json",
      gzip: false,
      write: "conditional",
      patientMatch: [],
      batchMax: 1,
      concurrency: 8,
      onHeld: "continue",
      retryMax: 300_000,
    })
  })

  test.each([
    ["a bare host", { url: "central.example" }, "whole address"],
    ["another protocol", { url: "ftp://central.example/fhir" }, "http:// or https://"],
    ["a password in the address", { url: "http://me:pass@central.example/" }, "password"],
    ["a search in the address", { url: `${url}?a=b` }, "base address"],
    ["a timeout without a unit", { timeout: 30 }, "such as"],
    ["a format of neither kind", { format: "turtle" }, '"json" or "xml"'],
    ["gzip as a word", { gzip: "yes" }, "true or false"],
    ["another way to write", { write: "post" }, '"conditional" or "put"'],
    ["a system that is no list", { patientMatch: "urn:oid:1.2" }, "list of identifier systems"],
    ["a system that is empty", { patientMatch: [""] }, "list of identifier systems"],
    ["no message in a transaction", { batchMax: 0 }, "from 1 to 64"],
    ["no concurrency", { concurrency: 0 }, "from 1 to 64"],
    ["a concurrency of one and a half", { concurrency: 1.5 }, "from 1 to 64"],
  ])("%s is refused, once, with what is wanted", (_what, section, message) => {
    const { issues } = v.safeParse(fhir.config, { kind: "fhir", url, ...section })
    expect(issues?.map((issue) => issue.message)).toEqual([expect.stringContaining(message)])
  })

  test("a misspelt key is refused", () => {
    expect(v.safeParse(fhir.config, { kind: "fhir", url, timout: "5s" }).success).toBe(false)
  })
})
