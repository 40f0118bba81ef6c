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
  reused: number
  subjects: Uint8Array
}

/** The destinations that are owed a message. */
export type Owed = (message: Routable) => readonly string[]

/** What one batch came to. */
export interface Followed {
  messages: number
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
 * and places in the lanes, what status counts. The mark moves in the
 * same commit, so a crash here repeats the batch or nothing.
 */
export function openFollowing(work: Database): (owed: Owed, limit: number) => Followed {
  const read = work.query<Entry, [number, number]>(
    `SELECT id, source, type, received_at, reused, subjects
     FROM journal WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const write = writerOf(work)
  const mark = work.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('mark', ?)")
  const batch = work.transaction((owed: Owed, limit: number): Followed => {
    const entries = read.all(readMark(work), limit)
    const sources = new Map<string, SourceTally>()
    const destinations = new Map<string, number>()
    for (const entry of entries) {
      const names = owed(entry)
      for (const name of names) {
        write.delivery(entry, name)
        destinations.set(name, (destinations.get(name) ?? 0) + 1)
      }
      if (entry.reused) write.reused(entry)
      count(sources, entry, names.length === 0)
    }
    for (const [name, tally] of sources) write.sourceTally(name, tally)
    for (const [name, deliveries] of destinations) write.destinationTally(name, deliveries)
    const last = entries.at(-1)
    if (last) mark.run(String(last.id))
    const deliveries = [...destinations.values()].reduce((sum, count) => sum + count, 0)
    return { messages: entries.length, deliveries }
  })
  return (owed, limit) => batch.immediate(owed, limit)
}

/** What a batch adds to a source's counts: one statement a source, where it was one a message. */
interface SourceTally {
  stored: number
  unrouted: number
  lastAt: number
}

function count(tallies: Map<string, SourceTally>, entry: Entry, unrouted: boolean): void {
  const tally = tallies.get(entry.source) ?? { stored: 0, unrouted: 0, lastAt: 0 }
  tallies.set(entry.source, tally)
  tally.stored++
  if (unrouted) tally.unrouted++
  tally.lastAt = entry.received_at
}

function writerOf(work: Database) {
  const deliver = work.query<unknown, [number, string, number]>(
    "INSERT INTO delivery (message_id, destination, ahead) VALUES (?, ?, ?)",
  )
  const waits = work.query<unknown, [string, Uint8Array]>(
    "SELECT 1 FROM lane WHERE destination = ? AND subject = ? LIMIT 1",
  )
  const enter = work.query<unknown, [string, Uint8Array, number]>(
    "INSERT OR IGNORE INTO lane VALUES (?, ?, ?)",
  )
  const note = work.query<unknown, [number, number]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, 'control id used again', '')",
  )
  const source = work.query<unknown, [string, number, number, number]>(
    `INSERT INTO source_tally VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
     SET stored = stored + ?2, unrouted = unrouted + ?3, last_at = ?4`,
  )
  const destination = work.query<unknown, [string, number]>(
    `INSERT INTO delivery_tally VALUES (?1, 'pending', ?2) ON CONFLICT DO UPDATE
     SET deliveries = deliveries + ?2`,
  )
  return {
    delivery(entry: Entry, name: string): void {
      const subjects = subjectsOf(entry.subjects)
      const ahead = subjects.filter((subject) => waits.get(name, subject) !== null).length
      const { lastInsertRowid } = deliver.run(entry.id, name, ahead)
      for (const subject of subjects) enter.run(name, subject, Number(lastInsertRowid))
    },
    reused: ({ id, received_at }: Entry) => void note.run(id, received_at),
    sourceTally(name: string, { stored, unrouted, lastAt }: SourceTally): void {
      source.run(name, stored, unrouted, lastAt)
    },
    destinationTally: (name: string, deliveries: number) => void destination.run(name, deliveries),
  }
}
