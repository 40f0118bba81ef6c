import { expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { addressType } from "../../../src/map/vocabulary/address-type.ts"
import { addressUse } from "../../../src/map/vocabulary/address-use.ts"
import { administrativeSex } from "../../../src/map/vocabulary/administrative-sex.ts"
import { allergenCategory } from "../../../src/map/vocabulary/allergen-category.ts"
import { allergyCriticality } from "../../../src/map/vocabulary/allergy-criticality.ts"
import { allergyReactionSeverity } from "../../../src/map/vocabulary/allergy-reaction-severity.ts"
import { allergyType } from "../../../src/map/vocabulary/allergy-type.ts"
import { completionStatus } from "../../../src/map/vocabulary/completion-status.ts"
import {
  nameUse,
  observationStatus,
  orderControl,
  resultStatus,
  telecomEquipment,
  telecomUse,
} from "../../../src/map/vocabulary/decided.ts"
import { extendedPriority } from "../../../src/map/vocabulary/extended-priority.ts"
import { fillerStatus } from "../../../src/map/vocabulary/filler-status.ts"
import { orderStatus } from "../../../src/map/vocabulary/order-status.ts"
import { specimenAvailability } from "../../../src/map/vocabulary/specimen-availability.ts"
import { targetOf } from "../../../src/map/vocabulary/target.ts"
import { codesOf, conceptsOf } from "../../validate/value-set.ts"

const folder = join(import.meta.dir, "../../../src/map/vocabulary")
const tables = readdirSync(folder).filter((file) => !/^(decided|target)/.test(file))

test.each(tables)("every target of %s is a code that R4 knows", async (file) => {
  const [table] = Object.values<Record<string, { system: string; code: string } | null>>(
    await import(join(folder, file)),
  )
  expect(Object.keys(table ?? {}).length).toBeGreaterThan(0)
  const unknown = Object.values(table ?? {})
    .filter((target) => target !== null)
    .filter(({ system, code }) => conceptsOf(system)?.has(code) === false)
    .map(({ code }) => code)
  expect(unknown).toEqual([])
})

/** The elements that FHIR allows a fixed list of codes in, and the tables they are filled from. */
const bound: [valueSet: string, table: Record<string, { code: string } | null>][] = [
  ["address-type", addressType],
  ["address-use", addressUse],
  ["administrative-gender", administrativeSex],
  ["allergy-intolerance-category", allergenCategory],
  ["allergy-intolerance-criticality", allergyCriticality],
  ["allergy-intolerance-type", allergyType],
  ["appointmentstatus", fillerStatus],
  ["contact-point-system", telecomEquipment],
  ["contact-point-use", telecomUse],
  ["immunization-status", completionStatus],
  ["name-use", nameUse],
  ["reaction-event-severity", allergyReactionSeverity],
  ["request-priority", extendedPriority],
  ["request-status", orderControl],
  ["request-status", orderStatus],
  ["specimen-status", specimenAvailability],
]

test.each(bound)("every code for FHIR's list %s is on it", (valueSet, table) => {
  const allowed = codesOf(`http://hl7.org/fhir/ValueSet/${valueSet}`)
  const codes = Object.values(table).flatMap((target) => (target === null ? [] : [target.code]))
  expect(codes.filter((code) => allowed?.has(code) === false)).toEqual([])
  expect(allowed?.size).toBeGreaterThan(0)
})

test("a code that a status must be made of has one", () => {
  for (const table of [orderControl, orderStatus, completionStatus]) {
    expect(Object.entries(table).filter(([, target]) => target === null)).toEqual([])
  }
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
