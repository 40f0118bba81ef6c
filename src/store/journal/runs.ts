import type { Database } from "bun:sqlite"
import { keyLength } from "./keys.ts"

/** What the duplicate check compares: the key of a message's control id and that of its bytes. */
export interface Keys {
  control: Buffer
  digest: Buffer
}

/** A message as the duplicate check keeps it. */
export interface Kept extends Keys {
  id: number
  receivedAt: number
}

/** What one message takes in a run: both its keys, one after the other. */
const keptLength = 2 * keyLength

/** Until a run has so many messages the next ones join it: 2 KiB, so that it fits a page. */
const runMin = 128

interface Row {
  first_id: number
  last_at: number
  keys: Uint8Array
}

interface Run {
  firstId: number
  messages: number
  lastAt: number
  keys: Uint8Array[]
}

/** The messages the duplicate check kept on the disk, in the order of the journal. */
export function* readRuns(database: Database): Iterable<Kept> {
  const rows = database.query<Row, []>("SELECT first_id, last_at, keys FROM seen ORDER BY first_id")
  for (const { first_id, last_at: receivedAt, keys } of rows.iterate()) {
    const run = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
    for (let at = 0; at < run.length; at += keptLength) {
      const keys = keysFrom(run.subarray(at, at + keptLength))
      yield { id: first_id + at / keptLength, ...keys, receivedAt }
    }
  }
}

/** Opens the look-up of one message's keys in the run it stands in. */
export function openKept(database: Database): (id: number) => Keys {
  const query = database.query<{ kept: Uint8Array }, [number]>(
    `SELECT substr(keys, 1 + (?1 - first_id) * ${keptLength}, ${keptLength}) AS kept FROM seen
     WHERE first_id <= ?1 ORDER BY first_id DESC LIMIT 1`,
  )
  return (id) => {
    const kept = query.get(id)?.kept
    if (kept?.length !== keptLength) throw new Error(`the duplicate check has lost message ${id}`)
    return keysFrom(Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength))
  }
}

function keysFrom(kept: Buffer): Keys {
  return { control: kept.subarray(0, keyLength), digest: kept.subarray(keyLength) }
}

/** Writes the duplicate check's messages, in runs of such that followed one another. */
export function openRuns(database: Database) {
  const last = database.query<Row, []>(
    "SELECT first_id, last_at, keys FROM seen ORDER BY first_id DESC LIMIT 1",
  )
  const replace = database.query<unknown, [number, number, Buffer]>(
    "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)",
  )
  const forget = database.query<unknown, [number]>(
    `DELETE FROM seen WHERE first_id <
     (SELECT max(first_id) FROM seen WHERE first_id <= ? + 1)`,
  )
  const write = ({ firstId, lastAt, keys }: Run) => {
    replace.run(firstId, lastAt, Buffer.concat(keys))
  }
  return {
    /** Adds messages, later than all before them, to the last run or to new ones. */
    add(messages: readonly Kept[]): void {
      let run = shortRun(last.get())
      for (const { id, control, digest, receivedAt } of messages) {
        if (run && id !== run.firstId + run.messages) {
          write(run)
          run = undefined
        }
        run ??= { firstId: id, messages: 0, lastAt: receivedAt, keys: [] }
        run.keys.push(control, digest)
        run.messages++
        run.lastAt = Math.max(run.lastAt, receivedAt)
      }
      if (run) write(run)
    },
    /** Lets go of the runs that end with this id or before it. */
    forget: (id: number) => void forget.run(id),
  }
}

/** The run that goes on; undefined where the last one is long enough. */
function shortRun(row: Row | null): Run | undefined {
  const messages = (row?.keys.length ?? 0) / keptLength
  if (!row || messages >= runMin) return undefined
  return { firstId: row.first_id, messages, lastAt: row.last_at, keys: [row.keys] }
}
