/**
 * A copy without what R4 forbids to write: undefined, "", empty arrays and empty objects, however
 * deep. Undefined when nothing is left. What it refers to (Reference.reference) joins `references`.
 */
export function compact<T>(value: T, references?: string[]): T | undefined
export function compact(value: unknown, references?: string[]): unknown {
  if (typeof value !== "object") return value === "" ? undefined : value
  if (value === null) return undefined
  if (Array.isArray(value)) {
    let items: unknown[] | undefined
    for (let at = 0; at < value.length; at++) {
      const item = compact(value[at], references)
      if (item === undefined) continue
      items ??= []
      items.push(item)
    }
    return items
  }
  const from = value as Record<string, unknown>
  let kept: Record<string, unknown> | undefined
  for (const key in from) {
    const member = compact(from[key], references)
    if (member === undefined) continue
    if (key === "reference" && typeof member === "string") references?.push(member)
    kept ??= {}
    kept[key] = member
  }
  return kept
}
