import { describe, expect, test } from "bun:test"
import type { Resource } from "fhir/r4"
import { invalid } from "../../validate.ts"
import { mapped, message } from "../build.ts"

const orc = (control: string, more = "") => [`ORC|${control}|P-1${more}`]
const service = "OBR|1|P-1||718-7^Haemoglobin^LN"

/** Codes that every object of JavaScript has a property of: no table of HL7 has them. */
describe.each(["constructor", "hasOwnProperty"])("a code of %s is no code", (code) => {
  test.each([
    ["OBX-11", "ORU^R01", ["OBR|1||F-1|718-7^Hb^LN", `OBX|1|NM|718-7^Hb^LN||||||||${code}`]],
    ["ORC-1", "OML^O21", [...orc(code), service]],
    ["ORC-29", "OMP^O09", [...orc("NW", `${"|".repeat(27)}${code}`), "RXO|1^Paracetamol^99DRG"]],
    ["DRG-3", "ADT^A01", ["PV1|1|I|||||||||||||||||V1", `DRG|1^One^99DRG|20260415|${code}`]],
  ])("%s", (_, type, lines) => {
    const header = `MSH|^~\\&|LAB|KISUMU|||20260415||${type}|C1|P|2.5.1`
    const { bundle } = mapped(message([header, "PID|1||A1^^^KISUMU", ...lines]))
    expect(invalid(bundle)).toEqual([])
    const codes = bundle.entry?.flatMap(({ resource }) => emptyCodings(resource)) ?? []
    expect(codes).toEqual([])
  })
})

/** The codings whose code is no text. */
function emptyCodings(resource: Resource | undefined): string[] {
  const found: string[] = []
  JSON.stringify(resource, (key, value) => {
    if (key === "coding")
      for (const one of value) if (typeof one.code !== "string") found.push(one.system)
    return value
  })
  return found
}
