/** The thread that copies the write-ahead log into the database, beside who is writing there. */
import { Database } from "bun:sqlite"

declare const self: Worker

/** Takes the database's path; answers when it is done, or when it can't be. */
self.onmessage = ({ data: path }: MessageEvent<string>) => {
  self.postMessage(checkpoint(path))
}

/** The log's last pages, written meanwhile, may be left over. Answers why it could not be done. */
function checkpoint(path: string): string | undefined {
  try {
    // Opened each time: whoever closes the database last clears the log away.
    const database = new Database(path, { readwrite: true })
    try {
      database.run("PRAGMA wal_checkpoint(PASSIVE)")
    } finally {
      database.close()
    }
  } catch (error) {
    return (error as Error).message
  }
}
