import { isRefusal, type Refusal, refusal } from "./refusal.ts"
import type { AnyResource, Kept, Resources } from "./resources.ts"
import { conditionMatches } from "./search.ts"
import { isType } from "./types.ts"

/** What one entry of a transaction will do, decided before anything is done. */
export type Plan =
  | { act: "create" | "update"; type: string; id: string; resource: AnyResource }
  /** A conditional create that found its resource there already. */
  | { act: "keep"; type: string; id: string }
  | { act: "delete"; type: string; id: string | undefined }
  | { act: "read"; type: string; id: string }

/** What the entries planned so far will write; no two may write the same resource. */
export interface Planning {
  resources: Resources
  written: Set<string>
  deleted: Set<string>
  conditions: Set<string>
}

/** `Bundle.entry` as far as it is read. */
export interface Entry {
  fullUrl?: unknown
  resource?: unknown
  request?: { method?: unknown; url?: unknown; ifNoneExist?: unknown; ifMatch?: unknown }
}

interface Target {
  type: string
  id: string | undefined
  condition: string | undefined
}

/** Decides what an entry will do (R4, 3.1.0.11.2), against what is kept and planned so far. */
export function planEntry(planning: Planning, entry: Entry): Plan | Refusal {
  const { method, url } = entry.request ?? {}
  if (typeof method !== "string" || typeof url !== "string") {
    return refusal(400, "required", "the entry has no request.method or request.url")
  }
  const target = parseUrl(url)
  if (isRefusal(target)) return target
  switch (method) {
    case "GET":
      return planGet(planning, target)
    case "DELETE":
      return planDelete(planning, target)
    case "POST":
      return planPost(planning, target, entry)
    case "PUT":
      return planPut(planning, target, entry)
    default:
      return refusal(400, "not-supported", `request.method ${method} is not supported`)
  }
}

function parseUrl(url: string): Target | Refusal {
  const [path = "", ...query] = url.split("?")
  const [type = "", id, ...more] = path.split("/")
  if (more.length > 0 || id === "") {
    return refusal(400, "invalid", `request.url "${url}" is not Type, Type/id or Type?search`)
  }
  if (!isType(type)) return refusal(404, "not-supported", `"${type}" is no R4 resource type`)
  if (id !== undefined && query.length > 0) {
    return refusal(400, "invalid", `request.url "${url}" has both an id and a search`)
  }
  return { type, id, condition: query.length > 0 ? query.join("?") : undefined }
}

/** Planned last, so what the other entries write is known. */
function planGet({ resources, written, deleted }: Planning, { type, id }: Target): Plan | Refusal {
  if (id === undefined) {
    return refusal(400, "not-supported", "inside a transaction GET reads by id, it does not search")
  }
  const key = `${type}/${id}`
  const there = !deleted.has(key) && (written.has(key) || resources.read(type, id) !== undefined)
  return there ? { act: "read", type, id } : refusal(404, "not-found", `there is no ${key}`)
}

function planDelete(planning: Planning, { type, id, condition }: Target): Plan | Refusal {
  if (id !== undefined) return write(planning, { act: "delete", type, id })
  const match = oneMatch(planning, type, condition ?? "")
  if (match === undefined) return { act: "delete", type, id: undefined }
  return isRefusal(match) ? match : write(planning, { act: "delete", type, id: match.id })
}

function planPost(
  planning: Planning,
  { type, id, condition }: Target,
  entry: Entry,
): Plan | Refusal {
  if (id !== undefined || condition !== undefined) {
    return refusal(400, "invalid", "POST creates: its request.url is a type and nothing else")
  }
  const resource = resourceOf(entry, type)
  if (isRefusal(resource)) return resource
  const { ifNoneExist } = entry.request ?? {}
  if (ifNoneExist !== undefined) {
    if (typeof ifNoneExist !== "string") {
      return refusal(400, "invalid", "request.ifNoneExist must be a search as a string")
    }
    const match = oneMatch(planning, type, ifNoneExist)
    if (match !== undefined) {
      return isRefusal(match) ? match : { act: "keep", type, id: match.id }
    }
  }
  // A create never keeps the client's id (R4, 3.1.0.8).
  return write(planning, { act: "create", type, id: crypto.randomUUID(), resource })
}

function planPut(
  planning: Planning,
  { type, id, condition }: Target,
  entry: Entry,
): Plan | Refusal {
  const resource = resourceOf(entry, type)
  if (isRefusal(resource)) return resource
  if (id === undefined) {
    if (condition === undefined) {
      return refusal(400, "invalid", `PUT ${type} needs an id or a search in its request.url`)
    }
    const match = oneMatch(planning, type, condition)
    if (match !== undefined && isRefusal(match)) return match
    if (match && resource.id !== undefined && resource.id !== match.id) {
      return refusal(400, "invalid", `${type}/${match.id} was found, the resource says another id`)
    }
    const found = match?.id ?? resource.id ?? crypto.randomUUID()
    return write(planning, { act: "update", type, id: found, resource })
  }
  if (resource.id !== id) {
    return refusal(400, "invalid", `the resource's id is not the ${id} of the request's url`)
  }
  const { ifMatch } = entry.request ?? {}
  const version = planning.resources.read(type, id)?.version ?? 0
  if (ifMatch !== undefined && ifMatch !== `W/"${version}"`) {
    return refusal(412, "conflict", `${type}/${id} is at version ${version}, not ${ifMatch}`)
  }
  return write(planning, { act: "update", type, id, resource })
}

function resourceOf(entry: Entry, type: string): AnyResource | Refusal {
  const resource = entry.resource
  if (typeof resource !== "object" || resource === null || !("resourceType" in resource)) {
    return refusal(400, "required", "the entry has no resource with a resourceType")
  }
  if (resource.resourceType !== type) {
    return refusal(400, "invalid", `a ${resource.resourceType} was sent to ${type}`)
  }
  const { id } = resource as AnyResource
  if (id !== undefined && !(typeof id === "string" && /^[A-Za-z0-9\-.]{1,64}$/.test(id))) {
    return refusal(400, "value", "the resource's id is not an R4 id")
  }
  return resource as AnyResource
}

function oneMatch(planning: Planning, type: string, condition: string): Kept | Refusal | undefined {
  const key = `${type}?${condition}`
  if (planning.conditions.has(key)) {
    return refusal(400, "duplicate", `two entries have the same condition ${key}`)
  }
  planning.conditions.add(key)
  const matches = conditionMatches(planning.resources, type, condition)
  if ("refused" in matches) return matches
  const staying = matches.filter((kept) => !planning.deleted.has(`${type}/${kept.id}`))
  if (staying.length > 1) {
    return refusal(412, "multiple-matches", `${staying.length} resources match ${key}`)
  }
  return staying[0]
}

function write(planning: Planning, plan: Plan & { id: string }): Plan | Refusal {
  const key = `${plan.type}/${plan.id}`
  if (planning.written.has(key)) {
    return refusal(400, "duplicate", `two entries write ${key}`)
  }
  planning.written.add(key)
  if (plan.act === "delete") planning.deleted.add(key)
  return plan
}
