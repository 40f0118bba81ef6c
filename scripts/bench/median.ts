/** The value below which that part of them lies, of sorted values; NaN of nothing. */
export function share(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN
}

/** The middle value, the lower one of two; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** The median of each figure of the rounds, by itself. */
export function medians<Name extends string>(
  rounds: readonly Readonly<Record<Name, number>>[],
): Record<Name, number> {
  const names = Object.keys(rounds[0] ?? {}) as Name[]
  const figures = names.map((name) => [name, median(rounds.map((round) => round[name]))])
  return Object.fromEntries(figures) as Record<Name, number>
}
