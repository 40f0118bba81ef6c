import type { BundleEntry } from "fhir/r4"
import type { Mapped } from "../mapping.ts"
import type { Message } from "../message.ts"

/**
 * What a message that is sent again makes beside newer ones that were delivered before it: what
 * they update too it only creates, so that it turns nothing back (each is known by the condition it
 * is found by). Where nobody knows any more what they were, it updates nothing. `map` makes of a
 * newer one what it made; only its conditions are kept, since there may be many.
 */
export function yieldTo(
  mapped: Mapped,
  newer: readonly Message[] | undefined,
  map: (message: Message) => Mapped,
): Mapped {
  if ("problem" in mapped || newer?.length === 0) return mapped
  const theirs = new Set(newer ? [] : updates(mapped))
  for (const one of newer ?? []) for (const url of updates(map(one))) theirs.add(url)
  const isTheirs = (entry: BundleEntry) => theirs.has(updateOf(entry) ?? "")
  const entry = mapped.bundle.entry?.map((one) => (isTheirs(one) ? creating(one) : one))
  const yielding = new Set(mapped.bundle.entry?.filter(isTheirs).map(resourceOf))
  const notes = yielding.size > 0 ? [...mapped.notes, newer ? overtaken : untold] : mapped.notes
  // The destination takes nothing of what is there already. Where it was not, it is read there.
  const told = mapped.told.filter(({ resource }) => !yielding.has(resource))
  return { ...mapped, notes, told, bundle: { ...mapped.bundle, entry } }
}

const overtaken = "sent again: what newer messages had updated was not overwritten"
/** The only word there is of a correction that may have come to nothing. */
const untold =
  "sent again: nothing that was there was overwritten, as it can't be told any more what newer " +
  "messages had updated; to have it overwritten, replay it with force"

function updates(mapped: Mapped): string[] {
  if ("problem" in mapped) return []
  return mapped.bundle.entry?.map(updateOf).filter((url) => url !== undefined) ?? []
}

function updateOf({ request }: BundleEntry): string | undefined {
  return request?.method === "PUT" ? request.url : undefined
}

/** As `Told.resource` names it. */
function resourceOf({ resource, fullUrl }: BundleEntry): string {
  return `${resource?.resourceType}/${fullUrl?.replace("urn:uuid:", "")}`
}

function creating(entry: BundleEntry): BundleEntry {
  const [url = "", ifNoneExist] = entry.request?.url.split("?") ?? []
  return { ...entry, request: { method: "POST", url, ifNoneExist } }
}
