/**
 * A copy without what R4 forbids to write: undefined, "", empty arrays and empty objects, however
 * deep. Undefined when nothing is left.
 */
export function compact<T>(value: T): T | undefined
export function compact(value: unknown): unknown {
  if (value === undefined || value === null || value === "") return undefined
  if (Array.isArray(value)) {
    const items = value.map((item) => compact(item)).filter((item) => item !== undefined)
    return items.length > 0 ? items : undefined
  }
  if (typeof value !== "object") return value
  const kept: Record<string, unknown> = {}
  let empty = true
  for (const [key, member] of Object.entries(value)) {
    const compacted = compact(member)
    if (compacted === undefined) continue
    kept[key] = compacted
    empty = false
  }
  return empty ? undefined : kept
}
