import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Bundle, FhirResource } from "fhir/r4"
import { mapMessage, maps } from "../../src/map/index.ts"
import { IndependentServer } from "../fake/independent-server.ts"
import { goldens, mapGolden } from "../golden.ts"
import { context, message } from "./build.ts"

const cases = goldensMapped(await goldens())

test.each(cases)("an independent FHIR server takes the case $name", async ({ bundle }) => {
  await expectTaken(bundle)
})

function goldensMapped(all: Awaited<ReturnType<typeof goldens>>) {
  return all.flatMap((golden) => {
    const mapped = mapGolden(golden)
    // What is kept and not mapped has no entries, and is not sent.
    const sent = "bundle" in mapped && mapped.bundle.entry?.length
    return sent ? [{ name: golden.name, bundle: mapped.bundle }] : []
  })
}

/** Other projects' messages beside the checkout, where they are: see corpus.test.ts. */
const corpus = join(import.meta.dir, "../../../shared/corpus")
const index = join(corpus, "index.tsv")

if (existsSync(index)) {
  const [, ...rows] = readFileSync(index, "utf8").trim().split("\n")
  const files = rows.map((row) => row.split("\t")[0] ?? "").filter((file) => /\.hl7$/.test(file))

  test.each(files)("an independent FHIR server takes what becomes of %s", async (file) => {
    const bytes = new Uint8Array(readFileSync(join(corpus, file)))
    const mapped = mapMessage(maps, message([], { bytes }), context())
    if ("bundle" in mapped && mapped.bundle.entry?.length) await expectTaken(mapped.bundle)
  })
} else {
  // The folder is no part of the project: a checkout of its own has nothing to apply here.
  test.skip("an independent server: ../shared/corpus is not there", () => {})
}

async function expectTaken(bundle: Bundle): Promise<void> {
  const entries = bundle.entry ?? []
  const server = new IndependentServer()
  expect(await server.apply(bundle)).toEqual(entries.map(() => "201"))
  expect(await server.apply(bundle)).toEqual(entries.map(() => "200"))
  const resources = entries.flatMap(({ resource }) => (resource ? [resource as FhirResource] : []))
  const stored = await server.resources(new Set(resources.map(({ resourceType }) => resourceType)))
  expect(stored.length).toBe(entries.length)
  // Every reference leads to a resource of the server's own by then.
  expect(JSON.stringify(stored)).not.toContain('"reference":"urn:uuid:')
}
