import type { Database } from "bun:sqlite"
import { startThread } from "./threads.ts"

/** To ask how long the log is costs 2 µs: as often as this it is not felt. */
const everyCommits = 32
/** A shorter log, on a small disk, is copied in no time, and its space is needed at once. */
const leastPages = 1_024
/** The thread begins at this part of the log, so that it is done before the log is full. */
const beginAt = 0.75

/**
 * Has the write-ahead log copied into the database on a thread: SQLite would do it within a commit,
 * for which all senders wait 25 ms on a quick disk and a second on an SD card. What is written
 * meanwhile is left to this thread, and little.
 */
export class Checkpoints {
  readonly #database: Database
  readonly #beginPages: number
  #commits = 0
  #thread: Worker | undefined
  #underway: PromiseWithResolvers<void> | undefined

  /** @param fullPages from so many pages on SQLite does it itself, unless it is being done */
  constructor(database: Database, fullPages: number) {
    this.#database = database
    this.#beginPages = fullPages < leastPages ? Number.POSITIVE_INFINITY : fullPages * beginAt
  }

  /** Says that something was committed. Never throws: whoever committed would take it for his. */
  committed(): void {
    if (++this.#commits % everyCommits !== 0 || this.#underway) return
    if (this.#length() < this.#beginPages) return
    this.#underway = Promise.withResolvers()
    this.#thread ??= this.#start()
    this.#thread.postMessage(this.#database.filename)
  }

  /** In pages; 0 where the disk does not say. */
  #length(): number {
    try {
      const length = this.#database.query<{ log: number }, []>("PRAGMA wal_checkpoint(NOOP)")
      return length.get()?.log ?? 0
    } catch {
      return 0
    }
  }

  /** Resolves when none is underway, so that nobody else has the database open. */
  async done(): Promise<void> {
    await this.#underway?.promise
  }

  close(): void {
    this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = startThread("disk/checkpoint-thread.ts")
    const done = () => {
      try {
        // Only a log that is copied to its end begins anew.
        this.#database.run("PRAGMA wal_checkpoint(PASSIVE)")
      } catch {
        // The disk is full: the log goes on, and commits say so themselves.
      }
      this.#underway?.resolve()
      this.#underway = undefined
    }
    thread.onmessage = done
    // Without it SQLite does it within a commit.
    thread.onerror = () => {
      this.#thread = undefined
      done()
    }
    return thread
  }
}
