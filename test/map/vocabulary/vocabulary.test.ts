import { expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { administrativeSex } from "../../../src/map/vocabulary/administrative-sex.ts"
import { observationStatus, resultStatus } from "../../../src/map/vocabulary/decided.ts"
import { targetOf } from "../../../src/map/vocabulary/target.ts"
import { codesOf, conceptsOf } from "../../validate/value-set.ts"

const folder = join(import.meta.dir, "../../../src/map/vocabulary")
const tables = readdirSync(folder).filter((file) => !/^(decided|target)\.ts$/.test(file))

/** Codes that R4's code systems do not have: the guide's authors wrote against newer ones. */
const newerThanR4: Record<string, string[]> = { "marital-status.ts": ["C"] }

test.each(tables)("every target of %s is a code that R4 knows", async (file) => {
  const [table] = Object.values<Record<string, { system: string; code: string } | null>>(
    await import(join(folder, file)),
  )
  expect(Object.keys(table ?? {}).length).toBeGreaterThan(0)
  const unknown = Object.values(table ?? {})
    .filter((target) => target !== null)
    .filter(({ system, code }) => conceptsOf(system)?.has(code) === false)
    .map(({ code }) => code)
  expect(unknown).toEqual(newerThanR4[file] ?? [])
})

test("every code of OBX-11 and OBR-25 has a status that FHIR allows", () => {
  const observation = codesOf("http://hl7.org/fhir/ValueSet/observation-status")
  for (const target of Object.values(observationStatus)) expect(observation).toContain(target?.code)
  const report = codesOf("http://hl7.org/fhir/ValueSet/diagnostic-report-status")
  for (const target of Object.values(resultStatus)) expect(report).toContain(target?.code)
  expect(Object.keys(observationStatus).sort().join("")).toBe("ABCDFINOPRSUVWX")
  expect(Object.keys(resultStatus).sort().join("")).toBe("ACFIMNOPRSXYZ")
})

test("a code the table does not have has no target, whatever JavaScript calls it", () => {
  expect(targetOf(administrativeSex, "F")?.code).toBe("female")
  expect(targetOf(administrativeSex, "Q")).toBeUndefined()
  expect(targetOf(administrativeSex, "constructor")).toBeUndefined()
  expect(targetOf(administrativeSex, undefined)).toBeUndefined()
})
