import type { Reading } from "../reading.ts"
import { isWithdrawn } from "../segment/obx.ts"
import type { Observed, Order, Result } from "./groups.ts"

/** The lines of one text, sent as one OBX each, become one observation. */
export function joinTexts(result: Result, reading: Reading): void {
  result.observed = joined(result.observed, reading)
  for (const sampled of result.specimens) sampled.observed = joined(sampled.observed, reading)
  for (const order of result.orders) joinTextsOf(order, reading)
}

function joinTextsOf(order: Order, reading: Reading): void {
  order.observed = joined(order.observed, reading)
  for (const sampled of order.specimens) sampled.observed = joined(sampled.observed, reading)
  for (const prior of order.prior) joinTexts(prior, reading)
}

/**
 * Lines belong together that have one OBX-3 and one OBX-4, and no two days, also with other results
 * between them. A line without an OBX-3 goes on with the text of the line before.
 */
export function joined(all: Observed[], reading: Reading): Observed[] {
  if (!all.some(isLine)) return all
  const observed = standing(all, reading)
  const kept = new Set<Observed>()
  const texts = new Map<string, Observed>()
  let before: Observed | undefined
  for (const next of observed) {
    const [line] = next.lines
    const name = nameOf(next)
    const ofText = isLine(next)
    const begun = ofText ? (line.raw(3) === "" ? before : texts.get(name)) : undefined
    const text = begun && isOfOneDay(begun, next) ? begun : undefined
    if (text === undefined) kept.add(next)
    else {
      text.lines.push(...next.lines)
      text.notes.push(...next.notes)
      text.participants.push(...next.participants)
    }
    before = ofText ? (text ?? next) : undefined
    if (ofText && text === undefined) texts.set(name, next)
  }
  return [...kept]
}

/**
 * Without the lines that are withdrawn (OBX-11 D, W) of a text of which others stand: the withdrawn
 * words would be read as the laboratory's, or their status make an error of the whole.
 */
function standing(all: Observed[], reading: Reading): Observed[] {
  if (!all.some((one) => isLine(one) && isWithdrawn(one.lines[0]))) return all
  const live = new Set(all.filter((one) => isLine(one) && !isWithdrawn(one.lines[0])).map(nameOf))
  const left = all.filter(
    (one) => !isLine(one) || !isWithdrawn(one.lines[0]) || !live.has(nameOf(one)),
  )
  if (left.length < all.length) reading.note("OBX-11: withdrawn lines of a text are left out of it")
  return left
}

/** What was observed on another day (OBX-14) is no further line, but another text. */
function isOfOneDay(text: Observed, line: Observed): boolean {
  const [one, other] = [text, line].map(({ lines: [obx] }) => obx.raw(14).slice(0, 8))
  return !one || !other || one === other
}

function nameOf({ lines: [obx] }: Observed): string {
  return `${obx.raw(3)}|${obx.raw(4)}`
}

function isLine({ lines: [obx] }: Observed): boolean {
  const type = obx.text(2)
  return type === "TX" || type === "FT"
}
