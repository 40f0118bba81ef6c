import type { Explained } from "../map/index.ts"

/** What became of each field of a message, a line each, and the sum of it. */
export function explainedText(file: string, explained: readonly Explained[]): string {
  const width = Math.max(0, ...explained.map(({ field }) => field.length))
  const lines = explained.map((one) => {
    const became = "to" in one ? one.to.join(", ") : `left out: ${one.leftOut}`
    return `  ${one.field.padEnd(width)}  ${became}`
  })
  const mapped = explained.filter((one) => "to" in one).length
  const sum = `${explained.length} fields: ${mapped} mapped, ${explained.length - mapped} left out`
  return [file, ...lines, `  ${sum}`].join("\n")
}
