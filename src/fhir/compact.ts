/**
 * A value without what R4 forbids to write: undefined, "", empty arrays and empty objects, however
 * deep. Undefined when nothing is left. What has nothing to leave out is given as it is and not
 * copied, so nobody may change it any more. What it refers to (Reference.reference) joins
 * `references`.
 */
export function compact<T>(value: T, references?: string[]): T | undefined
export function compact(value: unknown, references?: string[]): unknown {
  if (typeof value !== "object") return value === "" ? undefined : value
  if (value === null) return undefined
  if (Array.isArray(value)) return itemsOf(value, references)
  return membersOf(value as Record<string, unknown>, references)
}

function itemsOf(from: unknown[], references: string[] | undefined): unknown[] | undefined {
  let kept: unknown[] | undefined
  for (let at = 0; at < from.length; at++) {
    const item = compact(from[at], references)
    if (kept === undefined && (item === undefined || item !== from[at])) kept = from.slice(0, at)
    if (kept !== undefined && item !== undefined) kept.push(item)
  }
  const items = kept ?? from
  return items.length === 0 ? undefined : items
}

function membersOf(from: Record<string, unknown>, references: string[] | undefined): unknown {
  let kept: Record<string, unknown> | undefined
  let isEmpty = true
  for (const key in from) {
    const value = from[key]
    // Most members are texts or nothing: to call for them too costs a third more.
    const member = typeof value === "string" ? value || undefined : compact(value, references)
    if (kept === undefined && (member === undefined || member !== value)) kept = before(key, from)
    if (member === undefined) continue
    if (key === "reference" && typeof member === "string") references?.push(member)
    isEmpty = false
    if (kept !== undefined) kept[key] = member
  }
  return isEmpty ? undefined : (kept ?? from)
}

/** The members that stand before one of them. */
function before(end: string, from: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const key in from) {
    if (key === end) break
    kept[key] = from[key]
  }
  return kept
}
