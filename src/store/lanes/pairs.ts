import type { Database } from "bun:sqlite"

/** A delivery that goes right before another or right behind it. */
export interface Paired {
  id: number
  /** As the journal keeps them, keys in a row. */
  subjects: Uint8Array
}

/**
 * Of each two deliveries that follow one another in a lane, which goes first, and of each delivery
 * how many go right before it. Where one was put back between two, their pair stays: it says
 * nothing wrong.
 */
export function openPairs(database: Database) {
  const behind = database.query<Paired, [number]>(
    `SELECT id, subjects FROM lane JOIN delivery ON id = then_id
     WHERE first_id = ? ORDER BY then_id`,
  )
  const before = database.query<Paired, [number]>(
    `SELECT id, subjects FROM lane INDEXED BY lane_then JOIN delivery ON id = first_id
     WHERE then_id = ? ORDER BY first_id DESC`,
  )
  const add = database.query<unknown, [number, number]>("INSERT OR IGNORE INTO lane VALUES (?, ?)")
  const forgetBehind = database.query<unknown, [number]>("DELETE FROM lane WHERE first_id = ?")
  const forgetBefore = database.query<unknown, [number]>("DELETE FROM lane WHERE then_id = ?")
  const stepBack = database.query<unknown, [number]>(
    "UPDATE delivery SET ahead = ahead + 1 WHERE id = ?",
  )
  const stepForward = database.query<unknown, [number]>(
    "UPDATE delivery SET ahead = ahead - 1 WHERE id = ?",
  )
  const waitForNobody = database.query<unknown, [number]>(
    "UPDATE delivery SET ahead = 0 WHERE id = ?",
  )
  return {
    /** Those right behind it, the earliest first. */
    behind: (id: number): Paired[] => behind.all(id),
    /** Those right before it, the latest first. */
    before: (id: number): Paired[] => before.all(id),
    /** Adds a pair of which the later one's count knows already. */
    add: (first: number, then: number) => void add.run(first, then),
    /** Adds a pair, and counts it, unless it is there. */
    link(first: number, then: number): void {
      if (add.run(first, then).changes > 0) stepBack.run(then)
    },
    /** Takes it out of all of its pairs; those right behind it step forward. */
    unlink(id: number, before: readonly Paired[], behind: readonly Paired[]): void {
      for (const then of behind) stepForward.run(then.id)
      if (behind.length > 0) forgetBehind.run(id)
      if (before.length === 0) return
      forgetBefore.run(id)
      waitForNobody.run(id)
    },
  }
}
