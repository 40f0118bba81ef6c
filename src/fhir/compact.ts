/**
 * A copy without what R4 forbids to write: undefined, "", empty arrays and empty objects, however
 * deep. Undefined when nothing is left. What it refers to (Reference.reference) joins `references`.
 */
export function compact<T>(value: T, references?: string[]): T | undefined
export function compact(value: unknown, references?: string[]): unknown {
  if (value === undefined || value === null || value === "") return undefined
  if (typeof value !== "object") return value
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value) {
      const kept = compact(item, references)
      if (kept !== undefined) items.push(kept)
    }
    return items.length > 0 ? items : undefined
  }
  const from = value as Record<string, unknown>
  const kept: Record<string, unknown> = {}
  let empty = true
  for (const key in from) {
    const member = compact(from[key], references)
    if (member === undefined) continue
    if (key === "reference" && typeof member === "string") references?.push(member)
    kept[key] = member
    empty = false
  }
  return empty ? undefined : kept
}
