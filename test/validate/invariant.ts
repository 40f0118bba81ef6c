import type { FhirResource, Observation } from "fhir/r4"

/** The invariants of R4 that the validators from the registry let through. */
export function invariants(resource: FhirResource): string[] {
  const found = [...contained(resource), ...quantities(resource, resource.resourceType)]
  if (resource.resourceType === "Observation") found.push(...observation(resource))
  return found
}

/** dom-2 to dom-5: what is contained is referred to, contains nothing, has no meta of its own. */
function contained(resource: FhirResource): string[] {
  if (!("contained" in resource) || resource.contained === undefined) return []
  const text = JSON.stringify({ ...resource, contained: undefined })
  return resource.contained.flatMap((each) => {
    const found: string[] = []
    if (!text.includes(`"#${each.id}"`))
      found.push(`dom-3: contained ${each.id} is not referred to`)
    if ("contained" in each) found.push(`dom-2: contained ${each.id} contains`)
    if (each.meta?.versionId || each.meta?.lastUpdated) found.push(`dom-4: ${each.id} has meta`)
    if (each.meta?.security) found.push(`dom-5: ${each.id} has security`)
    return found
  })
}

function observation(resource: Observation): string[] {
  const found: string[] = []
  const keys = Object.keys(resource)
  const valued = keys.some((key) => /^value[A-Z]/.test(key))
  if (valued && resource.dataAbsentReason) found.push("obs-6: a value and a dataAbsentReason")
  // The schema says that a code is missing; here it must only not matter.
  const code: Observation["code"] | undefined = resource.code
  const codes = (code?.coding ?? []).map(({ system, code }) => `${system}|${code}`)
  for (const component of resource.component ?? []) {
    const same = (component.code?.coding ?? []).some((each) =>
      codes.includes(`${each.system}|${each.code}`),
    )
    if (same && valued) found.push("obs-7: a component with the observation's own code and value")
  }
  for (const range of resource.referenceRange ?? []) {
    if (!range.low && !range.high && !range.text) found.push("obs-3: an empty referenceRange")
  }
  return found
}

/** qty-3, cpt-2, rng-2, per-1 and rat-1, wherever such an element stands. */
function quantities(node: unknown, path: string): string[] {
  if (typeof node !== "object" || node === null) return []
  const found: string[] = []
  const has = (key: string) => Object.hasOwn(node, key)
  const part = (key: string): unknown => (node as Record<string, unknown>)[key]
  const quantity = has("unit") || has("comparator") || typeof part("value") === "number"
  if (quantity && has("code") && !has("system")) found.push(`qty-3 ${path}: a code and no system`)
  const telecom = /telecom(\.\d+)?$/.test(path)
  if (telecom && has("value") && !has("system")) found.push(`cpt-2 ${path}: a value and no system`)
  const low = (part("low") as { value?: number } | undefined)?.value
  const high = (part("high") as { value?: number } | undefined)?.value
  if (low !== undefined && high !== undefined && low > high) found.push(`rng-2 ${path}`)
  const start = part("start")
  const end = part("end")
  if (typeof start === "string" && typeof end === "string" && later(start, end)) {
    found.push(`per-1 ${path}: starts after its end`)
  }
  if (has("numerator") !== has("denominator")) found.push(`rat-1 ${path}: half a ratio`)
  for (const [key, value] of Object.entries(node))
    found.push(...quantities(value, `${path}.${key}`))
  return found
}

/** Compared as far as both are precise: a date is not before a time of that day. */
function later(start: string, end: string): boolean {
  if (start.length > 10 && end.length > 10) return Date.parse(start) > Date.parse(end)
  const precision = Math.min(start.length, end.length, 10)
  return start.slice(0, precision) > end.slice(0, precision)
}
