import type { Bundle, BundleEntry, FhirResource } from "fhir/r4"

/** What the Bundle as a whole must be: every entry has its request, every reference its target. */
export function transaction(bundle: Bundle<FhirResource>): string[] {
  const entries = bundle.entry ?? []
  const found: string[] = []
  if (bundle.type !== "transaction") found.push(`type is ${bundle.type}, not transaction`)
  if (entries.length === 0) found.push("no entries")
  const urls = entries.map((entry) => entry.fullUrl)
  for (const [index, entry] of entries.entries()) {
    const where = `entry[${index}] ${entry.resource?.resourceType ?? ""}`
    if (urls.indexOf(entry.fullUrl) !== index) found.push(`${where}: fullUrl is not its own`)
    found.push(...request(entry).map((problem) => `${where}: ${problem}`))
    for (const reference of references(entry.resource)) {
      if (!urls.includes(reference)) found.push(`${where}: dangling reference ${reference}`)
    }
  }
  const keys = entries.map(({ request }) => `${request?.url} ${request?.ifNoneExist ?? ""}`)
  for (const key of keys.filter((key, index) => keys.indexOf(key) !== index)) {
    found.push(`two entries for ${key}`)
  }
  return found
}

function request({ fullUrl, resource, request }: BundleEntry<FhirResource>): string[] {
  if (resource === undefined || request === undefined) return ["no resource or no request"]
  const found: string[] = []
  const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  if (!uuid.test(fullUrl ?? "")) found.push(`fullUrl ${fullUrl} is no urn:uuid`)
  if (resource.id !== undefined) found.push("an id, which only the server gives")
  const condition =
    request.method === "PUT" ? request.url?.split("?")[1] : (request.ifNoneExist ?? undefined)
  const type = request.url?.split("?")[0]
  if (type !== resource.resourceType) found.push(`request.url names ${type}`)
  if (request.method !== "PUT" && request.method !== "POST") found.push(`method ${request.method}`)
  if (condition === undefined)
    return [...found, "unconditional: sent twice, it would be there twice"]
  const [parameter, token = ""] = condition.split("=", 2)
  const [system, value] = decodeURIComponent(token).split("|")
  const carried =
    parameter === "_tag"
      ? (resource.meta?.tag ?? []).some((tag) => tag.system === system && tag.code === value)
      : parameter === "identifier" &&
        identifiers(resource).some((each) => each.system === system && each.value === value)
  if (!carried) found.push(`the condition ${condition} is not about what the resource carries`)
  return found
}

function identifiers(resource: FhirResource): { system?: string; value?: string }[] {
  if (!("identifier" in resource) || resource.identifier === undefined) return []
  return Array.isArray(resource.identifier) ? resource.identifier : [resource.identifier]
}

/** Every literal reference but those to contained resources. */
function references(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === "reference" && typeof value === "string"
      ? value.startsWith("#")
        ? []
        : [value]
      : references(value),
  )
}
