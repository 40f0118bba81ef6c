import type { Database } from "bun:sqlite"
import { keyLength } from "./keys.ts"

/** A message that was not followed yet, with what routing needs of it. */
export interface Unfollowed {
  id: number
  source: string
  type: string
}

/** A message and the destinations it is owed to. */
export interface Owed {
  id: number
  destinations: readonly string[]
}

interface Entry {
  id: number
  source: string
  received_at: number
  reused: number
  subjects: Uint8Array
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

/** Reads the messages after the mark, at most `limit` of them. */
export function openUnfollowed(work: Database): (limit: number) => Unfollowed[] {
  const read = work.query<Unfollowed, [number, number]>(
    "SELECT id, source, type FROM journal WHERE id > ? ORDER BY id LIMIT ?",
  )
  return (limit) => read.all(readMark(work), limit)
}

/**
 * Writes down what these messages entail, which must be the next ones after the mark: their
 * deliveries and places in the lanes, and what status counts. The mark moves in the same commit,
 * so a crash here repeats the batch or nothing.
 */
export function openFollow(work: Database): (owed: readonly Owed[]) => void {
  const read = work.query<Entry, [number]>(
    "SELECT id, source, received_at, reused, subjects FROM journal WHERE id = ?",
  )
  const write = writerOf(work)
  const mark = work.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('mark', ?)")
  const batch = work.transaction((owed: readonly Owed[]): void => {
    const sources = new Map<string, SourceTally>()
    const tallies = new Map<string, number>()
    for (const { id, destinations } of owed) {
      const entry = read.get(id)
      if (!entry) throw new Error(`message ${id} is not in the journal`)
      for (const name of destinations) {
        write.delivery(entry, name)
        tallies.set(name, (tallies.get(name) ?? 0) + 1)
      }
      if (entry.reused) write.reused(entry)
      count(sources, entry, destinations.length === 0)
    }
    for (const [name, tally] of sources) write.sourceTally(name, tally)
    for (const [name, deliveries] of tallies) write.destinationTally(name, deliveries)
    const last = owed.at(-1)
    if (last) mark.run(String(last.id))
  })
  return (owed) => batch.immediate(owed)
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
