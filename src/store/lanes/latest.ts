import type { Database } from "bun:sqlite"
import { keyLength } from "../journal/keys.ts"

/** Writes which message of its subjects a destination was given last. */
export function openTellLatest(database: Database) {
  const tell = database.query<unknown, [string, Uint8Array, number]>(
    `INSERT INTO latest VALUES (?, ?, ?) ON CONFLICT DO UPDATE
     SET message_id = excluded.message_id WHERE excluded.message_id > message_id`,
  )
  return (destination: string, subjects: Uint8Array, messageId: number): void => {
    for (const subject of keysIn(subjects)) tell.run(destination, subject, messageId)
  }
}

/** Whether a destination was given a newer message of one of these subjects. */
export function openIsOlder(database: Database) {
  const newer = database.query<unknown, [string, Uint8Array, number]>(
    "SELECT 1 FROM latest WHERE destination = ? AND subject = ? AND message_id > ?",
  )
  return (destination: string, subjects: Uint8Array, messageId: number): boolean =>
    keysIn(subjects).some((subject) => newer.get(destination, subject, messageId) !== null)
}

/** The keys that stand in a row. */
function keysIn(subjects: Uint8Array): Uint8Array[] {
  if (subjects.length === keyLength) return [subjects]
  return Array.from({ length: subjects.length / keyLength }, (_, index) =>
    subjects.slice(index * keyLength, (index + 1) * keyLength),
  )
}
