/** A column: its heading, and "right" for numbers. */
export type Column = string | { right: string }

/** Rows below their headings, each column as wide as it must be; the last one is not filled up. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const headings = columns.map((column) => (typeof column === "string" ? column : column.right))
  const clean = [headings, ...rows.map((row) => row.map(plain))]
  const widths = headings.map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        return typeof columns[at] === "string" ? cell.padEnd(width) : cell.padStart(width)
      })
      .join("  ")
      .trimEnd()
  return clean.map(line).join("\n")
}

/** Text of others on one line, with nothing in it that a terminal would obey. */
export function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim()
}

const formats = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" })

/** A time of the API as the terminal's own zone has it: `2026-04-15 12:00`. */
export function when(time: string | null | undefined): string {
  return time ? formats.format(new Date(time)) : "-"
}

const spans: readonly [number, string][] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
]

/** A length of time in its largest unit: `3 h`. */
export function span(seconds: number | null): string {
  if (seconds === null) return "-"
  const [size, unit] = spans.find(([size]) => seconds >= 2 * size) ?? [1, "s"]
  return `${Math.floor(seconds / size)} ${unit}`
}

/** `1 delivery`, `2 deliveries`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The standard terminal's. */
const width = 80

/** A long line as several, so that what a destination said can be read. */
export function folded(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(" ")) {
    if (line !== indent && line.length + word.length > width) {
      lines.push(line.trimEnd())
      line = `${indent}  `
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}
