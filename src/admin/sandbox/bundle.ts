import type { AnyResource, Kept } from "./resources.ts"
import type { Page } from "./search.ts"
import type { Done } from "./transaction.ts"

const reasons = { 200: "200 OK", 201: "201 Created", 204: "204 No Content" }

/** The answer to a transaction; the resources themselves only where they were asked for. */
export function transactionResponse(
  answers: readonly Done[],
  representation: boolean,
): AnyResource {
  return {
    resourceType: "Bundle",
    type: "transaction-response",
    entry: answers.map(({ status, kept }) => ({
      ...(kept && representation ? { resource: JSON.parse(kept.text) } : {}),
      response: { status: reasons[status], ...(kept ? versionOf(kept) : {}) },
    })),
  }
}

/** The answer to a search: a page, and the address of the next where there is one. */
export function searchset(page: Page, base: string, url: URL): AnyResource {
  const link = [{ relation: "self", url: url.href }]
  const end = page.offset + page.count
  if (page.count > 0 && end < page.total) {
    const next = new URL(url)
    next.searchParams.set("_count", String(page.count))
    next.searchParams.set("_offset", String(end))
    link.push({ relation: "next", url: next.href })
  }
  const entry = page.kept.map(({ type, id, text }) => ({
    fullUrl: `${base}/${type}/${id}`,
    resource: JSON.parse(text),
    search: { mode: "match" },
  }))
  return {
    resourceType: "Bundle",
    type: "searchset",
    total: page.total,
    link,
    // R4 has no empty arrays.
    ...(entry.length > 0 ? { entry } : {}),
  }
}

/** Where a version is, and what it is called. */
export function versionOf({ type, id, version, lastUpdated }: Kept) {
  return {
    location: `${type}/${id}/_history/${version}`,
    etag: `W/"${version}"`,
    lastModified: lastUpdated,
  }
}
