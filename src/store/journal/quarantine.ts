import type { Database } from "bun:sqlite"
import type { Malformed } from "../../message.ts"
import type { Space } from "../disk/space.ts"

/** Bytes on their way to quarantine. */
export interface Refused {
  source: string
  peer: string
  receivedAt: number
  malformed: Malformed
  bytes: Uint8Array
  /** How many bytes came, where `bytes` is only the beginning of them; left out: these. */
  size?: number
}

/** What could not be taken for a message, for the person who has to find out why. */
export interface Quarantined {
  id: number
  source: string
  peer: string
  /** Milliseconds since 1970, by the box's clock. */
  receivedAt: number
  reason: string
  /** How many bytes came, and how many of them are kept. */
  size: number
  kept: number
}

/**
 * What one may take, and how many are kept: 64 MiB in all. A frame that is only too large begins
 * with its header within a fraction of that.
 */
const bytesMax = 65_536
const rowsMax = 1_000

/** As much of it as is kept, in a buffer of its own: of a view, all behind it would be carried. */
export function beginningOf(refused: Refused): Refused {
  const { bytes, size = bytes.length } = refused
  return { ...refused, size, bytes: Uint8Array.from(bytes.subarray(0, bytesMax)) }
}

/**
 * Keeps the beginning of what was refused; the oldest make room. The same from a source once more
 * is kept once, with its latest time and peer. Throws NoSpace.
 */
export function quarantineIn(database: Database, space: Space): (refused: Refused) => void {
  const insert = database.query<unknown, [string, string, number, string, number, Uint8Array]>(
    `INSERT INTO quarantine (source, peer, received_at, reason, size, bytes)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const again = database.query<unknown, [number, string, string, number, string, Uint8Array]>(
    `UPDATE quarantine SET received_at = ?, peer = ?
     WHERE id = (SELECT id FROM quarantine WHERE source = ? ORDER BY id DESC LIMIT 1)
       AND size = ? AND reason = ? AND bytes = ?`,
  )
  const trim = database.query<unknown, [number]>(
    "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
  )
  return (refused) => {
    const { source, peer, receivedAt, malformed, size = 0, bytes } = beginningOf(refused)
    space.take(bytes.length)
    // Many analyzers send what was refused again and again: that must not push out the others'.
    const { changes } = again.run(receivedAt, peer, source, size, malformed.reason, bytes)
    if (changes > 0) return
    insert.run(source, peer, receivedAt, malformed.reason, size, bytes)
    trim.run(rowsMax)
  }
}

/** Opens the reading of quarantine: a page of it, the newest first, and one with its bytes. */
export function openQuarantine(database: Database) {
  const columns = "id, source, peer, received_at AS receivedAt, reason, size, length(bytes) AS kept"
  const page = database.query<Quarantined, [number, number]>(
    `SELECT ${columns} FROM quarantine WHERE id < ? ORDER BY id DESC LIMIT ?`,
  )
  const one = database.query<Quarantined & { bytes: Uint8Array }, [number]>(
    `SELECT ${columns}, bytes FROM quarantine WHERE id = ?`,
  )
  return {
    page: ({ limit, before }: { limit: number; before: number }) => page.all(before, limit),
    one: (id: number) => one.get(id) ?? undefined,
  }
}
