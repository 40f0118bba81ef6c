import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { decimal } from "./quantity.ts"

/**
 * A length of time in minutes: a number (NM), and what its unit is called. Without a unit it is
 * taken for minutes, as every scheduler means it, with a note; undefined where the number or its
 * unit can't be read. `where` names the field.
 */
export function minutes(
  amount: string | undefined,
  unit: readonly (string | undefined)[],
  where: string,
  reading: Reading,
): number | undefined {
  if (amount === undefined) return undefined
  const value = decimal(amount)
  const named = unit.filter((name) => name !== undefined)
  if (named.length === 0) reading.note(`${where}: it has no unit and is taken for minutes`)
  const each = named.length === 0 ? 1 : named.map(minutesOf).find((known) => known !== undefined)
  if (value !== undefined && each !== undefined) return value * each
  reading.note(`${where}: its number or its unit can't be read; it is left out`)
  return undefined
}

/** What the unit in a field of its own (CE or CWE) is called: its code, and its text. */
export function unitIn(segment: Segment, field: number): (string | undefined)[] {
  return [segment.text(field), segment.text(field, 2)]
}

/**
 * The time so many minutes after a `dateTime`, in the offset it is given in; undefined for a date,
 * and for a year that has more than four digits.
 */
export function later(time: string, minutes: number): string | undefined {
  const [, sign, hours, rest] = /T.*(?:Z|([+-])(\d\d):(\d\d))$/.exec(time) ?? []
  if (!time.includes("T")) return undefined
  const offset = (Number(hours ?? 0) * 60 + Number(rest ?? 0)) * (sign === "-" ? -1 : 1)
  const localMs = Date.parse(time) + (minutes + offset) * 60_000
  if (!(localMs > 0 && localMs < Date.UTC(9999, 11, 31))) return undefined
  const local = new Date(localMs).toISOString().slice(0, "2026-04-15T09:30:00".length)
  return `${local}${sign === undefined ? "Z" : `${sign}${hours}:${rest}`}`
}

/** Units as UCUM, ISO 2955 and people write them. */
function minutesOf(unit: string): number | undefined {
  const units: Record<string, number> = { s: 1 / 60, m: 1, h: 60, d: 1440, w: 10_080 }
  const [, letter] =
    /^(s|m|h|d|w)(ecs?|econds?|ins?|inutes?|rs?|ours?|ays?|ks?|eeks?)?$/i.exec(unit.trim()) ?? []
  return letter === undefined ? undefined : units[letter.toLowerCase()]
}
