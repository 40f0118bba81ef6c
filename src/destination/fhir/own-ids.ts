import type { Bundle } from "fhir/r4"
import type { Places } from "./place.ts"
import type { Search } from "./server.ts"

/**
 * Gives every entry that has no place yet one under our UUID as its id, as servers want it that
 * take `PUT Type/id`. What a message only mentions must never be overwritten, and R4 has no update
 * that only creates: so it is looked up first which of those are there.
 */
export async function placeByOwnIds(
  bundle: Bundle,
  places: Places,
  isSeen: (key: string) => boolean,
  search: Search,
): Promise<void> {
  const asked = new Map<string, string[]>()
  for (const { fullUrl = "", resource, request } of bundle.entry ?? []) {
    const id = /^urn:uuid:(.+)$/.exec(fullUrl)?.[1]
    if (places.has(fullUrl) || !resource || id === undefined) continue
    const type = resource.resourceType
    const condition = request?.method === "POST" ? (request.ifNoneExist ?? "") : undefined
    // What is found by its tag is keyed by its content: written again it is the same.
    const updates = condition === undefined || condition.startsWith("_tag=")
    const seen = condition !== undefined && isSeen(`${type}?${condition}`)
    places.set(fullUrl, { type, id, entry: updates ? "update" : seen ? "omit" : "create" })
    if (!updates && !seen) asked.set(type, [...(asked.get(type) ?? []), id])
  }
  await Promise.all(
    [...asked].map(async ([type, ids]) => {
      const query = { _id: ids.join(","), _elements: "id", _count: String(ids.length) }
      for (const { id } of await search(type, query)) {
        const place = places.get(`urn:uuid:${id}`)
        if (place) place.entry = "omit"
      }
    }),
  )
}
