import {
  getDataType,
  type InternalSchemaElement,
  type InternalTypeSchema,
  isResourceTypeSchema,
} from "@medplum/core"
import type { Bundle, FhirResource, Reference } from "fhir/r4"
import { codesOf } from "./value-set.ts"

/**
 * What only the definitions know: that a code is of its required value set, and that a reference
 * goes to a type of resource the element allows.
 */
export function typed(resource: FhirResource, bundle: Bundle<FhirResource>): string[] {
  const types = new Map<string, string>()
  for (const { fullUrl, resource: target } of bundle.entry ?? []) {
    if (fullUrl !== undefined && target !== undefined) types.set(fullUrl, target.resourceType)
  }
  return [...walk(resource, getDataType(resource.resourceType), resource.resourceType, types)]
}

function* walk(
  node: object,
  schema: InternalTypeSchema,
  path: string,
  types: Map<string, string>,
): Generator<string> {
  for (const [name, element] of Object.entries(schema.elements)) {
    for (const { code } of element.type) {
      const key = name.endsWith("[x]") ? name.slice(0, -3) + capital(code) : name
      const value = (node as Record<string, unknown>)[key]
      if (value === undefined) continue
      for (const item of Array.isArray(value) ? value : [value]) {
        yield* binding(item, element, `${path}.${key}`)
        if (code === "Reference") yield* target(item, element, `${path}.${key}`, types)
        if (typeof item !== "object" || item === null) continue
        const inner = typeOf(code)
        if (inner !== undefined) yield* walk(item, inner, `${path}.${key}`, types)
      }
    }
  }
}

function* binding(item: unknown, element: InternalSchemaElement, path: string): Generator<string> {
  if (element.binding?.strength !== "required" || element.binding.valueSet === undefined) return
  const codes = codesOf(element.binding.valueSet)
  if (codes === undefined) return
  const given = tokens(item)
  if (given.length > 0 && !given.some((code) => codes.has(code))) {
    yield `${path}: ${given.join(", ")} is not of ${element.binding.valueSet}`
  }
}

/** Codes as the value set lists them: `system|code`; the code alone for an element of type code. */
function tokens(item: unknown): string[] {
  if (typeof item === "string") return [item]
  if (typeof item !== "object" || item === null) return []
  const { coding, system, code } = item as {
    coding?: unknown[]
    system?: string
    code?: string
  }
  if (coding !== undefined) return coding.flatMap(tokens)
  return code === undefined ? [] : [`${system ?? ""}|${code}`]
}

function* target(
  item: Reference,
  element: InternalSchemaElement,
  path: string,
  types: Map<string, string>,
): Generator<string> {
  const type = types.get(item.reference ?? "")
  if (type === undefined) return
  const allowed = element.type.flatMap((each) => each.targetProfile ?? [])
  const names = allowed.map((profile) => profile.slice(profile.lastIndexOf("/") + 1))
  if (names.length > 0 && !names.includes("Resource") && !names.includes(type)) {
    yield `${path} may not refer to a ${type}`
  }
}

function typeOf(code: string): InternalTypeSchema | undefined {
  // Contained resources are walked under their own type, primitives have nothing below them.
  if (!/^[A-Z]/.test(code) || code === "Resource") return undefined
  const schema = getDataType(code)
  return isResourceTypeSchema(schema) ? undefined : schema
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
