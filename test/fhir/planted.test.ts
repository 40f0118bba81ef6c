import { expect, test } from "bun:test"
import type { Bundle, FhirResource } from "fhir/r4"
import { preflight } from "../../src/fhir/preflight.ts"
import { chanceFrom, pick, seed } from "../fuzz/chance.ts"
import { goldens, mapGolden } from "../golden.ts"
import { byMedplum } from "../validate.ts"

type Node = Record<string | number, unknown>

/** What is put in the place of a value; undefined takes it away. */
const defects = [undefined, "", "x  y", "2026-02-30", 7, -1.5, true, null, {}, [], ["x"], [{}]]

test("of defects planted anywhere, preflight misses none that @medplum/core finds", async () => {
  const chance = chanceFrom(seed)
  let found = 0
  const missed: string[] = []
  for (const golden of await goldens()) {
    const mapped = mapGolden(golden)
    if (!("bundle" in mapped) || !mapped.bundle.entry?.length) continue
    for (let round = 0; round < 20; round++) {
      const bundle = structuredClone(mapped.bundle) as Bundle<FhirResource>
      const resource = pick(chance, bundle.entry ?? []).resource
      if (resource === undefined) continue
      const place = plant(resource, pick(chance, defects), chance)
      if (preflight(bundle).length > 0) found++
      else
        missed.push(...byMedplum(resource).map((problem) => `${golden.name} ${place}: ${problem}`))
    }
  }
  // R4's invariants are the map's own affair; most of what is planted breaks more than those.
  const said = missed.filter((problem) => !problem.includes("Constraint "))
  expect(said, `WAYSTATION_SEED=${seed}`).toEqual([])
  expect(found).toBeGreaterThan(200)
})

/** Replaces one value somewhere in a resource, and says where. */
function plant(resource: object, defect: unknown, chance: (below: number) => number): string {
  const places = [...placesIn(resource as Node, "")]
  const { node, key, path } = pick(chance, places)
  if (defect === undefined && Array.isArray(node)) node.splice(Number(key), 1)
  else if (defect === undefined) delete node[key]
  else node[key] = defect
  return `${path} = ${JSON.stringify(defect)}`
}

interface Place {
  node: Node
  key: string
  path: string
}

function* placesIn(node: Node, path: string): Generator<Place> {
  for (const [key, value] of Object.entries(node)) {
    const place = { node, key, path: `${path}.${key}` }
    // Another type of resource would be another resource, not a defect of this one.
    if (key !== "resourceType") yield place
    if (typeof value === "object" && value !== null) yield* placesIn(value as Node, place.path)
  }
}
