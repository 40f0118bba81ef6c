import type { Database } from "bun:sqlite"
import type { Disk } from "../disk/database.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { Order } from "../lanes/order.ts"
import { openOwe } from "../lanes/owe.ts"
import { openRuns } from "./runs.ts"
import type { Entry, Kind, Tail } from "./tail.ts"

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

/** The mark: the id of the last message whose deliveries stand written. */
export function readMark(database: Database): number {
  const query = "SELECT value FROM box WHERE name = 'mark'"
  const row = database.query<{ value: string }, []>(query).get()
  return Number(row?.value ?? 0)
}

/** Walks the journal: says what comes next, and writes down what it entails. */
export function openFollow(
  { disk, tail, lanes }: { disk: Disk; tail: Tail; lanes: Lanes },
  order: Order,
) {
  const write = writerOf(disk.database, order)
  const seen = openRuns(disk.database)
  const mark = disk.database.query<unknown, [string]>(
    "INSERT OR REPLACE INTO box VALUES ('mark', ?)",
  )
  /** With the mark in the same commit, a crash here repeats all of it or nothing. */
  function writeAll(entries: readonly Entry[], owed: readonly Owed[]): void {
    const destinationsOf = new Map(owed.map((kind) => [nameOf(kind), kind.destinations]))
    const sources = new Map<string, SourceTally>()
    const tallies = new Map<string, number>()
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
    seen.add(entries)
    mark.run(String(entries.at(-1)?.id))
  }
  return {
    /** What kinds of message come after the mark, in the next `limit` of them. */
    unfollowed(limit: number): Unfollowed {
      const entries = tail.next(limit)
      const kinds = new Map(
        entries.map(({ source, type }) => [nameOf({ source, type }), { source, type }]),
      )
      return { messages: entries.length, upTo: entries.at(-1)?.id ?? 0, kinds: [...kinds.values()] }
    },
    /** Writes down the deliveries, lanes, duplicates' entries and tallies of these messages. */
    follow({ messages, upTo }: Unfollowed, owed: readonly Owed[]): void {
      if (messages === 0) return
      const entries = tail.next(messages)
      if (entries.at(-1)?.id !== upTo) throw new Error(`message ${upTo} is not the next's last`)
      try {
        lanes.lazily(() => writeAll(entries, owed))
      } catch (error) {
        tail.letGo()
        throw error
      }
      const forgotten = tail.followed(messages)
      if (forgotten !== undefined) disk.lazily(() => seen.forget(forgotten))
    },
  }
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
  tally.lastAt = entry.receivedAt
}

function writerOf(database: Database, order: Order) {
  const owe = openOwe(database, order, { replayed: false })
  const note = database.query<unknown, [number, number]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, 'control id used again', '')",
  )
  const source = database.query<unknown, [string, number, number, number]>(
    `INSERT INTO source_tally VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
     SET stored = stored + ?2, unrouted = unrouted + ?3, last_at = ?4`,
  )
  return {
    delivery: owe.delivery,
    reused: ({ id, receivedAt }: Entry) => void note.run(id, receivedAt),
    sourceTally(name: string, { stored, unrouted, lastAt }: SourceTally): void {
      source.run(name, stored, unrouted, lastAt)
    },
    destinationTally: owe.tally,
  }
}
