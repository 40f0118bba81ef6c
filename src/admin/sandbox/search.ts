import { type Refusal, refusal } from "./refusal.ts"
import type { Kept, Resources } from "./resources.ts"
import { hasIdentifier, isType } from "./types.ts"

/** The parameters that choose resources. Any other is refused, never ignored. */
const criteria = new Set(["_id", "_tag", "identifier", "patient", "subject"])
/** The parameters that shape the answer. */
const shapes = new Set(["_count", "_elements", "_format", "_offset", "_pretty", "_summary"])

const countDefault = 50
const countMax = 1000

/** A page of what was found. */
export interface Page {
  total: number
  kept: readonly Kept[]
  offset: number
  count: number
}

/** The resources of a type that meet every criterion of a query (R4, 3.1.1), newest first. */
export function search(
  resources: Resources,
  type: string,
  query: URLSearchParams,
): readonly Kept[] | Refusal {
  if (!isType(type)) return refusal(404, "not-supported", `"${type}" is no R4 resource type`)
  let found: readonly Kept[] | undefined
  for (const [name, value] of query) {
    if (shapes.has(name)) continue
    if (!criteria.has(name)) return unknownParameter(name)
    if (name === "identifier" && !hasIdentifier(type)) {
      return refusal(400, "invalid", `${type} has no search parameter "identifier" in R4`)
    }
    if (value === "") return refusal(400, "invalid", `the search parameter "${name}" is empty`)
    const matches = new Set(
      alternatives(value).flatMap((one) => matching(resources, type, name, one)),
    )
    found = found === undefined ? [...matches] : found.filter((kept) => matches.has(kept))
  }
  return [...(found ?? resources.list(type))].reverse()
}

/** One page of a search, by `_count` and `_offset`. */
export function searchPage(
  resources: Resources,
  type: string,
  query: URLSearchParams,
): Page | Refusal {
  const found = search(resources, type, query)
  if ("refused" in found) return found
  const asked = wholeNumber(query, "_count") ?? countDefault
  const offset = wholeNumber(query, "_offset") ?? 0
  if (typeof asked === "object") return asked
  if (typeof offset === "object") return offset
  const summary = query.get("_summary") ?? "false"
  if (summary !== "count" && summary !== "false") {
    return refusal(400, "not-supported", `_summary=${summary}: only count and false are supported`)
  }
  const count = summary === "count" ? 0 : Math.min(asked, countMax)
  return { total: found.length, kept: found.slice(offset, offset + count), offset, count }
}

/**
 * The resources that a conditional create, update or delete means (R4, 3.1.0.8.1). Without a
 * criterion it would mean every one of its type, so that is refused.
 */
export function conditionMatches(
  resources: Resources,
  type: string,
  condition: string,
): readonly Kept[] | Refusal {
  const query = new URLSearchParams(condition)
  for (const name of query.keys()) if (!criteria.has(name)) return unknownParameter(name)
  if (query.size === 0) return refusal(412, "processing", `a condition on ${type} says nothing`)
  return search(resources, type, query)
}

function matching(
  resources: Resources,
  type: string,
  name: string,
  value: string,
): readonly Kept[] {
  switch (name) {
    case "_id": {
      const kept = resources.read(type, value)
      return kept ? [kept] : []
    }
    case "patient":
    case "subject":
      return resources.matching(type, `${name}=${localReference(value)}`)
    default:
      return resources.matching(type, `${name}=${value}`)
  }
}

/** `Patient/1`, from that, from `1`, or from an address that ends with it. */
function localReference(value: string): string {
  const parts = value.split("/")
  return parts.length === 1 ? `Patient/${value}` : parts.slice(-2).join("/")
}

/** A comma is "or"; `\,` and `\|` are themselves (R4, 3.1.1.4.0.1). */
function alternatives(value: string): string[] {
  return value.split(/(?<!\\),/).map((one) => one.replace(/\\([\\,|$])/g, "$1"))
}

function unknownParameter(name: string): Refusal {
  const known = [...criteria].join(", ")
  return refusal(400, "not-supported", `unknown search parameter "${name}"; known are ${known}`)
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined | Refusal {
  const value = query.get(name)
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  return refusal(400, "invalid", `${name} must be a whole number, not "${value}"`)
}
