import type { Database } from "bun:sqlite"

/** So far the journal, the trail and quarantine had grown: the last id of each. */
export interface Reached {
  journal: number
  trail: number
  quarantine: number
}

/** Notes what had come when, and says what is older than a time. */
export function openCalendar(database: Database) {
  const note = database.query<unknown, [number]>(
    `INSERT INTO calendar (at, journal_id, trail_id, quarantine_id) VALUES (?,
     ${lastOf("journal")}, ${lastOf("trail")}, ${lastOf("quarantine")})`,
  )
  const last = database.query<{ at: number }, []>(
    "SELECT at FROM calendar ORDER BY id DESC LIMIT 1",
  )
  const before = database.query<Reached, [number]>(
    `SELECT journal_id AS journal, trail_id AS trail, quarantine_id AS quarantine
     FROM calendar WHERE at <= ? ORDER BY id DESC LIMIT 1`,
  )
  const shift = database.query<unknown, [number]>("UPDATE calendar SET at = at + ?")
  const forget = database.query<unknown, [number]>(
    "DELETE FROM calendar WHERE id < (SELECT max(id) FROM calendar WHERE at <= ?)",
  )
  return {
    /** The time noted last (ms since 1970); undefined before the first. */
    last: (): number | undefined => last.get()?.at,
    /** Notes what had come by `at`, and lets go of what nobody asks for before `oldest`. */
    note(at: number, oldest: number): void {
      note.run(at)
      forget.run(oldest)
    },
    /** What had come by the time `at`, as far as was noted. */
    reachedBy: (at: number): Reached => before.get(at) ?? { journal: 0, trail: 0, quarantine: 0 },
    /** Gives every note the time that the clock, put right by `ms`, would have shown. */
    shift: (ms: number) => void shift.run(ms),
  }
}

/** The highest id a table ever gave, which is still there when its rows are not. */
function lastOf(table: string): string {
  return `coalesce((SELECT seq FROM sqlite_sequence WHERE name = '${table}'), 0)`
}
