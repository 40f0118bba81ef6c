import type { Database } from "bun:sqlite"

/** What happened to a message, and when by the box's clock. */
export interface TrailEntry {
  at: number
  event: string
  detail: Record<string, unknown>
}

/** Writes an entry of a message's trail, in the commit that changes its state. */
export function openTrail(database: Database) {
  const write = database.query<unknown, [number, number, string, string]>(
    "INSERT INTO trail (message_id, at, event, detail) VALUES (?, ?, ?, ?)",
  )
  return (messageId: number, at: number, event: string, detail: object): void => {
    write.run(messageId, at, event, JSON.stringify(detail))
  }
}

/** Reads a message's trail, the oldest entry first. */
export function openTrailOf(database: Database) {
  const read = database.query<{ at: number; event: string; detail: string }, [number]>(
    "SELECT at, event, detail FROM trail WHERE message_id = ? ORDER BY id",
  )
  return (messageId: number): TrailEntry[] =>
    read.all(messageId).map(({ detail, ...entry }) => ({
      ...entry,
      detail: detail === "" ? {} : JSON.parse(detail),
    }))
}
