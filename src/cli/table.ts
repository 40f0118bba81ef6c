/** A column: its heading; "right" for numbers, "list" for the last one where it may go on below. */
export type Column = string | { right: string } | { list: string }

/** Rows below their headings, each column as wide as it must be; the last one is not filled up. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const headings = columns.map(headingOf)
  const clean = [headings, ...rows.map((row) => row.map(plain))]
  const widths = headings.map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        const column = columns[at]
        return typeof column === "object" && "right" in column
          ? cell.padStart(width)
          : cell.padEnd(width)
      })
      .join("  ")
      .trimEnd()
  const last = columns.at(-1)
  if (typeof last !== "object" || !("list" in last)) return clean.map(line).join("\n")
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0)
  return clean
    .flatMap((row) => goingOn(row, width - before))
    .map(line)
    .join("\n")
}

function headingOf(column: Column): string {
  if (typeof column === "string") return column
  return "right" in column ? column.right : column.list
}

/** A row as several, so that the list at its end stays within `room`; an item is never cut. */
function goingOn(row: readonly string[], room: number): string[][] {
  const others = row.slice(0, -1)
  const lines: string[] = []
  for (const item of row.at(-1)?.split(/(?<=,) /) ?? []) {
    const longer = `${lines.at(-1)} ${item}`
    if (lines.length > 0 && longer.length <= room) lines.splice(-1, 1, longer)
    else lines.push(item)
  }
  return lines.map((text, at) => [...(at === 0 ? others : others.map(() => "")), text])
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
