/** The seed of this run; set WAYSTATION_SEED to the one that a failure printed to see it again. */
export const seed = Number(process.env.WAYSTATION_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Whole numbers below `below`, always the same for one seed (mulberry32). */
export type Chance = (below: number) => number

export function chanceFrom(start: number): Chance {
  let state = start >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance(from.length)] as T
}

/** The bytes in pieces of random length, as a network may split them. */
export function cut(stream: Buffer, chance: Chance): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < stream.length; ) {
    const length = 1 + chance(pick(chance, [2, 10, 100]))
    chunks.push(stream.subarray(at, at + length))
    at += length
  }
  return chunks
}
