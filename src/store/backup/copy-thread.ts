/**
 * The thread that copies the database for a backup: what would keep senders waiting for as long as
 * the disk needs goes beside them here.
 */
import { Database } from "bun:sqlite"
import { closeSync, openSync } from "node:fs"
import { digestOf } from "./archive.ts"

/** What is asked of the thread. */
export interface Copying {
  from: string
  to: string
}

/** What it answers: the copy's SHA-256, or why there is none. */
export type Copied = { digest: string } | { problem: string }

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<Copying>) => {
  self.postMessage(copy(data))
}

function copy({ from, to }: Copying): Copied {
  try {
    const database = new Database(from, { readonly: true })
    try {
      database.run("VACUUM INTO ?", [to])
    } finally {
      database.close()
    }
    const file = openSync(to, "r")
    const digest = digestOf(file)
    closeSync(file)
    return { digest }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
