import type { Bundle } from "fhir/r4"
import type { Issue } from "../message.ts"
import { type Finding, isNode, type Node, Walk } from "./walk.ts"

/**
 * What is wrong with a Bundle of our own before it is sent; nothing, where it is in order. Every
 * element is held against FHIR R4 (its name, cardinality, type, format and required codes) and
 * against what we require of a resource besides, every reference must lead somewhere, and every
 * entry of a transaction must say what is to be done with it (R4, 2.36.4). Never throws; the texts
 * name elements and quote nothing, so they may stand in the log.
 */
export function preflight(bundle: Bundle): Issue[] {
  const given: unknown = bundle
  if (!isNode(given) || given.resourceType !== "Bundle") {
    return [issueOf(misplaced("", "structure", "is no Bundle"))]
  }
  const entries = Array.isArray(given.entry) ? given.entry.filter(isNode) : []
  const walk = new Walk(typesOf(entries))
  walk.resource(given)
  return [...walk.findings, ...entryFindings(given, entries)].map(issueOf)
}

/** The type of resource at each fullUrl. */
function typesOf(entries: readonly Node[]): Map<string, string> {
  const types = new Map<string, string>()
  for (const { fullUrl, resource } of entries) {
    if (typeof fullUrl !== "string") continue
    const type = isNode(resource) ? resource.resourceType : ""
    types.set(fullUrl, typeof type === "string" ? type : "")
  }
  return types
}

/** bdl-7, and bdl-3 where entries ask for something. */
function entryFindings({ type }: Node, entries: readonly Node[]): Finding[] {
  const found: Finding[] = []
  const asks = type === "transaction" || type === "batch"
  const seen = new Set<unknown>()
  for (const [index, { fullUrl, resource, request }] of entries.entries()) {
    const path = `.entry[${index}]`
    if (fullUrl !== undefined && seen.has(fullUrl)) {
      found.push(misplaced(`${path}.fullUrl`, "duplicate", "is there twice"))
    }
    seen.add(fullUrl)
    if (!asks) continue
    if (request === undefined) found.push(misplaced(`${path}.request`, "required", "is required"))
    const method = isNode(request) ? request.method : undefined
    if (resource === undefined && (method === "POST" || method === "PUT")) {
      found.push(misplaced(`${path}.resource`, "required", "is required"))
    }
  }
  return found
}

function misplaced(path: string, code: Finding["code"], what: string): Finding {
  return { path, element: `Bundle${path.replace(/\[\d+\]/, "")}`, code, what }
}

function issueOf({ path, element, code, what }: Finding): Issue {
  return { severity: "error", code, text: `${element} ${what}`, expression: `Bundle${path}` }
}
