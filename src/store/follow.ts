import type { Database } from "bun:sqlite"
import { keyLength } from "./keys.ts"

/** What routing looks at: messages of one kind are owed to the same destinations. */
export interface Kind {
  source: string
  type: string
}

/** The next messages of the journal: how many, up to which id, and of what kinds. */
export interface Unfollowed {
  messages: number
  upTo: number
  kinds: Kind[]
}

/** A kind and the destinations that are owed it. */
export interface Owed extends Kind {
  destinations: readonly string[]
}

interface Entry extends Kind {
  id: number
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

/** Looks at the messages after the mark, at most `limit` of them. */
export function openUnfollowed(work: Database): (limit: number) => Unfollowed {
  const read = work.query<Kind & { messages: number; up_to: number }, [number, number]>(
    `SELECT source, type, count(*) AS messages, max(id) AS up_to FROM
     (SELECT id, source, type FROM journal WHERE id > ? ORDER BY id LIMIT ?)
     GROUP BY source, type`,
  )
  return (limit) => {
    const rows = read.all(readMark(work), limit)
    return {
      messages: rows.reduce((sum, { messages }) => sum + messages, 0),
      upTo: rows.reduce((highest, { up_to }) => Math.max(highest, up_to), 0),
      kinds: rows.map(({ source, type }) => ({ source, type })),
    }
  }
}

/**
 * Writes down what the messages from the mark up to `upTo` entail: their deliveries and places in
 * the lanes, and what status counts. The mark moves in the same commit, so a crash here repeats the
 * batch or nothing.
 */
export function openFollow(work: Database): (upTo: number, owed: readonly Owed[]) => void {
  const read = work.query<Entry, [number, number]>(
    `SELECT id, source, type, received_at, reused, subjects FROM journal
     WHERE id > ? AND id <= ? ORDER BY id`,
  )
  const write = writerOf(work)
  const mark = work.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('mark', ?)")
  const batch = work.transaction((upTo: number, owed: readonly Owed[]): void => {
    const destinationsOf = new Map(owed.map((kind) => [nameOf(kind), kind.destinations]))
    const sources = new Map<string, SourceTally>()
    const tallies = new Map<string, number>()
    const entries = read.all(readMark(work), upTo)
    for (const entry of entries) {
      const destinations = destinationsOf.get(nameOf(entry))
      if (!destinations) throw new Error(`nobody said whom ${nameOf(entry)} is owed to`)
      for (const name of destinations) {
        write.delivery(entry, name)
        tallies.set(name, (tallies.get(name) ?? 0) + 1)
      }
      if (entry.reused) write.reused(entry)
      count(sources, entry, destinations.length === 0)
    }
    for (const [name, tally] of sources) write.sourceTally(name, tally)
    for (const [name, deliveries] of tallies) write.destinationTally(name, deliveries)
    const last = entries.at(-1)
    if (last) mark.run(String(last.id))
  })
  return (upTo, owed) => batch.immediate(upTo, owed)
}

function nameOf({ source, type }: Kind): string {
  return `${source} ${type}`
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
