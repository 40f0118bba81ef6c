import type { Bundle, BundleEntry, FhirResource } from "fhir/r4"

/** Where a resource of a transaction stands at the destination, and what its entry is to do. */
export interface Place {
  type: string
  id: string
  /** `omit`: it is there, and stays as it is. `create`: it is not there yet. */
  entry: "update" | "create" | "omit"
}

/** By the fullUrl of the entry; the others are written on their condition. */
export type Places = Map<string, Place>

/** A copy of a transaction whose entries and references go to these places. */
export function applyPlaces(bundle: Bundle, places: Places, base: string): Bundle {
  if (places.size === 0) return bundle
  const text = JSON.stringify(bundle.entry, (name, value: unknown) => {
    // A Binary is also named as the url of an attachment (R4, 3.1.0.11.2.2).
    if ((name !== "reference" && name !== "url") || typeof value !== "string") return value
    const place = places.get(value)
    return place ? `${place.type}/${place.id}` : value
  })
  const entries = JSON.parse(text) as BundleEntry[]
  return { ...bundle, entry: entries.flatMap((entry) => placed(entry, places, base)) }
}

function placed(entry: BundleEntry, places: Places, base: string): BundleEntry[] {
  const place = places.get(entry.fullUrl ?? "")
  if (!place) return [entry]
  const { type, id } = place
  const url = `${type}/${id}`
  const resource = { ...entry.resource, id } as FhirResource
  const request = { method: "PUT", url } as const
  switch (place.entry) {
    case "omit":
      return []
    case "update":
      return [{ fullUrl: `${base}/${url}`, resource, request }]
    case "create":
      // Not all servers mind this (R4 has it for conditional reads alone), so it was looked up
      // as well; one that does refuses where another has just made it, and nothing is overwritten.
      return [{ fullUrl: `${base}/${url}`, resource, request: { ...request, ifNoneMatch: "*" } }]
    default:
      return place.entry satisfies never
  }
}
