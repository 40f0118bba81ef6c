import type { Mapped, Message, Outcome, Told } from "./message.ts"

/** What a map is applied with, for one destination. */
interface With {
  map: (message: Message, known: readonly Told[]) => Mapped
  /** What the destination was told of these resources. */
  known: (resources: readonly string[]) => Promise<Told[]>
  /** What stands there of a resource it was never told about. Rejects when it can't be had now. */
  look: (resource: string) => Promise<Told[]>
}

/**
 * The map step of a delivery. The map is applied once to learn which resources the message keeps up
 * to date, and once more over what this destination was told of them before. An outcome where the
 * destination did not say what it has.
 */
export async function applyMap(
  message: Message,
  { map, known: knownOf, look }: With,
): Promise<Mapped | Outcome> {
  const first = map(message, [])
  if ("problem" in first || first.owned.length === 0) return first
  const known = await knownOf(first.owned)
  const unheard = first.owned.filter((owned) => !known.some((told) => told.resource === owned))
  try {
    known.push(...(await Promise.all(unheard.map(look))).flat())
  } catch (error) {
    return { outcome: "retry", reason: (error as Error).message }
  }
  const again = map(message, known)
  if ("problem" in again) return again
  const looked = known.filter(({ messageId }) => messageId === 0)
  return { ...again, told: [...looked, ...again.told] }
}
