import type { Observed, Order, Result } from "./groups.ts"

/** The lines of one text, sent as one OBX each, become one observation. */
export function joinTexts(result: Result): void {
  result.observed = joined(result.observed)
  for (const sampled of result.specimens) sampled.observed = joined(sampled.observed)
  for (const order of result.orders) joinTextsOf(order)
}

function joinTextsOf(order: Order): void {
  order.observed = joined(order.observed)
  for (const sampled of order.specimens) sampled.observed = joined(sampled.observed)
  for (const prior of order.prior) joinTexts(prior)
}

/**
 * Lines belong together that have one OBX-3 and one OBX-4, also with other results between them.
 * A line without an OBX-3 goes on with the text of the line before.
 */
export function joined(observed: Observed[]): Observed[] {
  if (!observed.some(isLine)) return observed
  const kept = new Set<Observed>()
  const texts = new Map<string, Observed>()
  let before: Observed | undefined
  for (const next of observed) {
    const [line] = next.lines
    const name = `${line.raw(3)}|${line.raw(4)}`
    const ofText = isLine(next)
    const text = ofText ? (line.raw(3) === "" ? before : texts.get(name)) : undefined
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

function isLine({ lines: [obx] }: Observed): boolean {
  const type = obx.text(2)
  return type === "TX" || type === "FT"
}
