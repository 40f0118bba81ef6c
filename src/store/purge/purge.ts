import type { Database } from "bun:sqlite"
import type { DeliveryState } from "../../message.ts"
import type { Disk } from "../disk/database.ts"
import { readMark } from "../journal/follow.ts"
import type { RetentionConfig } from "../settings.ts"
import type { openCalendar, Reached } from "./calendar.ts"
import { openForget } from "./forget.ts"

/** What a commit of purging took away, and whether there is more to do. */
export interface Purged {
  messages: number
  quarantined: number
  more: boolean
}

/** A commit takes no more on than this: while it lasts, nobody is acknowledged. */
const chunkMs = 3
/** Rows that are looked at in one go. */
const batch = 64
/** Of quarantine, in which each may take sixteen pages, so many at once. */
const quarantineBatch = 16

/** Why a message is kept, by what became of it; each has a retention of its own. */
type Kind = "delivered" | "discarded" | "unrouted"

/** How far each walk has come: what lies before is not asked about again, however long it waits. */
type Cursors = Record<Kind, number>

const beginning: Cursors = { delivered: 0, discarded: 0, unrouted: 0 }

interface Row {
  id: number
  messageId: number
  /** 1 where it is what stayed of a message; there may be a million of them in a row. */
  purged: number
}

/**
 * Opens purging, a commit of a few ms at a time. A message goes when everything that happened to it
 * lies longer ago than its retention: the trail is walked, in which each change of a delivery
 * stands, so that no walk begins anew at the backlog. What is pending or held is never taken.
 */
export function openPurge(disk: Disk, calendar: ReturnType<typeof openCalendar>) {
  const { database } = disk
  const cursors = openCursors(database)
  const takeAway = openTakeAway(database)
  const forget = openForget(database)
  const trail = database.query<Row, [number, number, number]>(
    `SELECT id, message_id AS messageId, event = 'purged' AS purged FROM trail
     WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
  )
  const journal = database.query<Row, [number, number, number]>(
    `SELECT id, id AS messageId, 0 AS purged FROM journal
     WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
  )
  const quarantine = database.query<unknown, [number, number]>(
    `DELETE FROM quarantine WHERE id IN
     (SELECT id FROM quarantine WHERE id <= ? ORDER BY id LIMIT ?)`,
  )

  function purgeSome(retention: RetentionConfig, now: number): Purged {
    const until = performance.now() + chunkMs
    const reached = (kind: keyof RetentionConfig) => calendar.reachedBy(now - retention[kind])
    const ends = {
      delivered: reached("delivered"),
      discarded: reached("discarded"),
      unrouted: reached("unrouted"),
    }
    const mark = readMark(database)
    const walks = [
      { kind: "delivered", rows: trail, end: ends.delivered.trail },
      { kind: "discarded", rows: trail, end: ends.discarded.trail },
      // What was not followed yet only looks as if no route wanted it.
      { kind: "unrouted", rows: journal, end: Math.min(ends.unrouted.journal, mark) },
    ] as const
    const at = cursors.read(retention)
    let messages = 0
    for (const { kind, rows, end } of walks) {
      while (at[kind] < end) {
        const found = rows.all(at[kind], end, batch)
        for (const { id, messageId, purged } of found) {
          if (purged === 0 && takeAway(messageId, ends, now)) messages++
          at[kind] = id
          // Only then, so that a disk on which one alone takes longer gets on, too.
          if (performance.now() > until) {
            cursors.write(at, retention)
            return { messages, quarantined: 0, more: true }
          }
        }
        if (found.length < batch) at[kind] = end
      }
    }
    cursors.write(at, retention)
    const { changes } = quarantine.run(reached("quarantined").quarantine, quarantineBatch)
    const walksOn = forget(reached("known").journal, now, until)
    return { messages, quarantined: changes, more: walksOn || changes === quarantineBatch }
  }
  return (retention: RetentionConfig, now: number): Purged =>
    disk.lazily(() => purgeSome(retention, now))
}

interface Walked {
  cursors: Cursors
  retention: RetentionConfig
}

function openCursors(database: Database) {
  const read = database.query<{ value: string }, []>("SELECT value FROM box WHERE name = 'purged'")
  const write = database.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('purged', ?)")
  return {
    /** From the beginning under another retention: what was over by the old one may not be now. */
    read(retention: RetentionConfig): Cursors {
      const { value } = read.get() ?? {}
      const kept = value === undefined ? undefined : (JSON.parse(value) as Walked)
      const same = JSON.stringify(kept?.retention) === JSON.stringify(retention)
      return kept && same ? kept.cursors : { ...beginning }
    },
    write: (cursors: Cursors, retention: RetentionConfig) =>
      void write.run(JSON.stringify({ cursors, retention } satisfies Walked)),
  }
}

interface Candidate {
  source: string
  type: string
  receivedAt: number
  /** The latest entry of its trail; 0: it has none. */
  last: number
}

interface Fate {
  destination: string
  state: DeliveryState
  at: number | null
}

/** Takes a message away where every retention that concerns it is over; answers whether it was. */
function openTakeAway(database: Database) {
  const message = database.query<Candidate, [number]>(
    `SELECT source, type, received_at AS receivedAt,
     (SELECT coalesce(max(id), 0) FROM trail WHERE message_id = journal.id) AS last
     FROM journal WHERE id = ?`,
  )
  const fates = database.query<Fate, [number]>(
    "SELECT destination, state, settled_at AS at FROM delivery WHERE message_id = ? ORDER BY id",
  )
  const remove = ["delivery WHERE message_id = ?", "journal WHERE id = ?"].map((rows) =>
    database.query<unknown, [number]>(`DELETE FROM ${rows}`),
  )
  const unrouted = database.query<unknown, [string]>(
    "UPDATE source_tally SET unrouted = unrouted - 1 WHERE source = ?",
  )
  const summarize = openSummarize(database)
  return (id: number, ends: Record<Kind, Reached>, now: number): boolean => {
    const found = message.get(id)
    if (!found) return false
    const deliveries = fates.all(id)
    const isOver = (kind: Kind) => found.last <= ends[kind].trail
    const over =
      deliveries.length === 0
        ? isOver("unrouted")
        : deliveries.every(({ state }) => {
            return (state === "delivered" || state === "discarded") && isOver(state)
          })
    if (!over) return false
    summarize(id, found, deliveries, now)
    for (const statement of remove) statement.run(id)
    if (deliveries.length === 0) unrouted.run(found.source)
    return true
  }
}

/** Folds the trail of a message into one entry: what it was, and what became of it; no content. */
function openSummarize(database: Database) {
  const fold = database.query<unknown, [number, string, number]>(
    "UPDATE trail SET event = 'purged', at = ?, detail = ? WHERE id = ?",
  )
  const rest = database.query<unknown, [number, number]>(
    "DELETE FROM trail WHERE message_id = ? AND id <> ?",
  )
  const insert = database.query<unknown, [number, number, string]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, 'purged', ?)",
  )
  return (id: number, found: Candidate, deliveries: readonly Fate[], now: number): void => {
    const { source, type, receivedAt, last } = found
    const detail = JSON.stringify({ source, type, receivedAt, deliveries })
    if (last === 0) {
      insert.run(id, now, detail)
      return
    }
    fold.run(now, detail, last)
    rest.run(id, last)
  }
}
