import type { Database } from "bun:sqlite"
import type { Told } from "../../message.ts"

/** Reads what `destination` was told of `resources`. */
export function openKnown(database: Database) {
  const known = database.query<
    { resource: string; part: string; value: string | null; message_id: number },
    [string, string]
  >(
    `SELECT resource, part, value, message_id FROM known
     WHERE destination = ? AND resource = ? ORDER BY part`,
  )
  return (destination: string, resources: readonly string[]): Told[] =>
    resources.flatMap((resource) =>
      known
        .all(destination, resource)
        .map(({ message_id: messageId, ...told }) => ({ ...told, messageId })),
    )
}

/** Writes what `destination` was told, in the commit that settles the delivery. */
export function openTell(database: Database) {
  // An older message, delivered late, never overwrites what a newer one said.
  const tell = database.query<unknown, [string, string, string, string | null, number]>(
    `INSERT INTO known VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET value = excluded.value, message_id = excluded.message_id
     WHERE excluded.message_id >= message_id`,
  )
  return (destination: string, told: readonly Told[]): void => {
    for (const { resource, part, value, messageId } of told) {
      tell.run(destination, resource, part, value, messageId)
    }
  }
}
