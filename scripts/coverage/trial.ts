import { parseMessage } from "../../src/hl7/message.ts"
import { differences, type Saying, type Sayings, sayingsOf } from "../../src/map/explain/sayings.ts"
import { mapMessage, maps } from "../../src/map/index.ts"

/** Fields of one segment of a message and what they are to hold, by their numbers. */
export type Fields = ReadonlyMap<number, string>

/** Where a field stands in one of the messages. */
export interface Place {
  lines: readonly string[]
  /** The position of the segment, from 0. */
  segment: number
}

/** What the Bundle says otherwise with the fields of one set than with those of the other. */
export function tried(place: Place, one: Fields, other: Fields): Saying[] {
  const [first, second] = [said(place, one), said(place, other)]
  return differences(first.elements, second.elements)
}

/** What it says with the fields of one set alone, and not with those of the other instead. */
export function triedInstead(place: Place, one: Fields, other: Fields): Saying[] {
  const second = said(place, other).elements
  return [...said(place, one).elements]
    .filter(([key, { times }]) => times > (second.get(key)?.times ?? 0))
    .map(([, saying]) => saying)
}

/** Whether the Bundle has a resource of that type. */
export function makes(place: Place, type: string): boolean {
  return said(place, new Map()).types.has(type)
}

/** What the Bundle says otherwise for having the segment, its fields holding what they are to. */
export function triedWhole(place: Place, fields: Fields): Saying[] {
  const without = place.lines.toSpliced(place.segment, 1)
  return differences(
    said(place, fields).elements,
    said({ ...place, lines: without, segment: -1 }, fields).elements,
  )
}

function said({ lines, segment }: Place, fields: Fields): Sayings {
  const all = lines.map((line, at) => (at === segment ? withFields(line, fields) : line))
  const text = `${all.join("\r")}\r`
  const before = seen.get(text)
  if (before !== undefined) return before
  if (seen.size > 500) seen.clear()
  const bytes = new TextEncoder().encode(text)
  const header = parseMessage(bytes).first("MSH")
  const type = `${header?.text(9)}^${header?.text(9, 2)}`
  const given = { id: 1, source: "guide", peer: "", receivedAt: 0, type, bytes }
  const mapped = mapMessage(maps, given, { site, source: {}, known: [] })
  const found = "bundle" in mapped ? sayingsOf(mapped.bundle, site.id) : nothing
  seen.set(text, found)
  return found
}

/** What was mapped last: a row's values are all compared with the same message without one. */
const seen = new Map<string, Sayings>()
const nothing: Sayings = { elements: new Map(), keys: new Map(), types: new Map() }
const site = { id: "coverage", timezone: "Africa/Nairobi" }

function withFields(line: string, fields: Fields): string {
  const parts = line.split("|")
  // MSH-1 is the separator itself.
  const shift = parts[0] === "MSH" ? 1 : 0
  for (const [field, value] of fields) {
    const at = field - shift
    while (parts.length <= at) parts.push("")
    parts[at] = value
  }
  return parts.join("|")
}
