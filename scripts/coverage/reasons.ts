import type { Row } from "./tables.ts"

/** Why the maps do otherwise than a row of the guide; undefined where they only do not yet. */
export function reasonFor(row: Row): string | undefined {
  return reasons.find(({ of }) => of(row))?.reason
}

interface Reason {
  of: (row: Row) => boolean
  reason: string
}

const reasons: readonly Reason[] = []
