import type { Database } from "bun:sqlite"
import { keyLength } from "./keys.ts"

/** What routing needs of a message. */
export interface Routable {
  source: string
  type: string
}

interface Entry extends Routable {
  id: number
  received_at: number
  control: Uint8Array
  digest: Uint8Array
  subjects: Uint8Array
}

/** The destinations that are owed a message. */
export type Owed = (message: Routable) => readonly string[]

/** What one batch came to. */
export interface Followed {
  entries: readonly { id: number; control: Uint8Array }[]
  deliveries: number
}

/** The subjects of a message, as the journal keeps them: fixed-length keys in a row. */
export function subjectsOf(keys: Uint8Array): Uint8Array[] {
  const subjects: Uint8Array[] = []
  for (let at = 0; at < keys.length; at += keyLength) {
    subjects.push(keys.subarray(at, at + keyLength))
  }
  return subjects
}

/** The mark: the id of the last message whose deliveries stand written. */
export function readMark(database: Database): number {
  const query = "SELECT value FROM box WHERE name = 'mark'"
  const row = database.query<{ value: string }, []>(query).get()
  return Number(row?.value ?? 0)
}

/**
 * Writes down what the messages after the mark entail, at most `limit` of them: their deliveries
 * and places in the lanes, the duplicate check's entries, what status counts. The mark moves in the
 * same commit, so a crash here repeats the batch or nothing.
 */
export function openFollowing(work: Database): (owed: Owed, limit: number) => Followed {
  const read = work.query<Entry, [number, number]>(
    `SELECT id, source, type, received_at, control, digest, subjects
     FROM journal WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const write = writerOf(work)
  const mark = work.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('mark', ?)")
  const batch = work.transaction((owed: Owed, limit: number): Followed => {
    const entries = read.all(readMark(work), limit)
    let deliveries = 0
    for (const entry of entries) {
      const destinations = owed(entry)
      for (const destination of destinations) write.delivery(entry, destination)
      write.entry(entry, destinations.length === 0)
      deliveries += destinations.length
    }
    const last = entries.at(-1)
    if (last) mark.run(String(last.id))
    return { entries, deliveries }
  })
  return (owed, limit) => batch.immediate(owed, limit)
}

function writerOf(work: Database) {
  const deliver = work.query<{ id: number }, [number, string, number]>(
    "INSERT INTO delivery (message_id, destination, ahead) VALUES (?, ?, ?) RETURNING id",
  )
  const waits = work.query<unknown, [string, Uint8Array]>(
    "SELECT 1 FROM lane WHERE destination = ? AND subject = ? LIMIT 1",
  )
  const enter = work.query<unknown, [string, Uint8Array, number]>(
    "INSERT OR IGNORE INTO lane VALUES (?, ?, ?)",
  )
  const latest = work.query<unknown, [Uint8Array, Uint8Array, number]>(
    "INSERT OR REPLACE INTO latest VALUES (?, ?, ?)",
  )
  const before = work.query<{ message_id: number }, [Uint8Array]>(
    "SELECT message_id FROM latest WHERE control = ?",
  )
  const note = work.query<unknown, [number, number, string]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, 'control id used again', ?)",
  )
  const tally = work.query<unknown, [string, number, number]>(
    `INSERT INTO source_tally VALUES (?1, 1, ?2, ?3) ON CONFLICT DO UPDATE
     SET stored = stored + 1, unrouted = unrouted + ?2, last_at = ?3`,
  )
  return {
    delivery(entry: Entry, destination: string): void {
      const subjects = subjectsOf(entry.subjects)
      const ahead = subjects.filter((subject) => waits.get(destination, subject) !== null).length
      const row = deliver.get(entry.id, destination, ahead)
      for (const subject of subjects) enter.run(destination, subject, row?.id ?? 0)
    },
    entry(entry: Entry, unrouted: boolean): void {
      const earlier = before.get(entry.control)
      if (earlier) note.run(entry.id, entry.received_at, `first by message ${earlier.message_id}`)
      latest.run(entry.control, entry.digest, entry.id)
      tally.run(entry.source, unrouted ? 1 : 0, entry.received_at)
    },
  }
}
