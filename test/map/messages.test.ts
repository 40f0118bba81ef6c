import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { preflight } from "../../src/fhir/preflight.ts"
import { mapMessage, maps } from "../../src/map/index.ts"
import { invalid } from "../validate.ts"
import { context, message, resources } from "./build.ts"

const folder = join(import.meta.dir, "../messages")
const files = readdirSync(folder).filter((file) => file.endsWith(".hl7"))

test.each(files)("the sample %s converts without anything to say about it", (file) => {
  const mapped = convert(file)
  expect(invalid(mapped.bundle)).toEqual([])
  expect(preflight(mapped.bundle)).toEqual([])
  expect(mapped.notes).toEqual([])
})

test("the samples are of one patient, whether the hospital or the laboratory sends them", () => {
  const patients = files.map((file) => resources(convert(file).bundle, "Patient")[0])
  const own = patients.map((patient) => patient?.identifier?.[0]?.value)
  expect(files.length).toBe(5)
  expect(new Set(own).size).toBe(1)
})

function convert(file: string) {
  const bytes = new Uint8Array(readFileSync(join(folder, file)))
  const mapped = mapMessage(maps, message([], { bytes }), context())
  if ("problem" in mapped) throw new Error(mapped.problem)
  return mapped
}
