import type { BundleEntry } from "fhir/r4"
import type { Mapped } from "../mapping.ts"

/**
 * What a message that is sent again makes beside newer ones that were delivered before it: what
 * they update too it only creates, so that it turns nothing back (each is known by the condition it
 * is found by). Where nobody knows any more what they were, it updates nothing.
 */
export function yieldTo(mapped: Mapped, newer: readonly Mapped[] | undefined): Mapped {
  if ("problem" in mapped) return mapped
  const theirs = new Set((newer ?? [mapped]).flatMap(updates))
  const entry = mapped.bundle.entry?.map((one) => (theirs.has(updateOf(one)) ? creating(one) : one))
  return { ...mapped, bundle: { ...mapped.bundle, entry } }
}

function updates(mapped: Mapped): (string | undefined)[] {
  if ("problem" in mapped) return []
  return mapped.bundle.entry?.map(updateOf).filter((url) => url !== undefined) ?? []
}

function updateOf({ request }: BundleEntry): string | undefined {
  return request?.method === "PUT" ? request.url : undefined
}

function creating(entry: BundleEntry): BundleEntry {
  const [url = "", ifNoneExist] = entry.request?.url.split("?") ?? []
  return { ...entry, request: { method: "POST", url, ifNoneExist } }
}
