import type { Database } from "bun:sqlite"
import { keyLength } from "./keys.ts"

/** The row a message got, or the row of the identical message it repeats. */
export interface Appended {
  id: number
  repeat: boolean
}

/** The newest message with a control id. */
export interface Newest {
  control: Uint8Array
  digest: Buffer
  appended: Promise<Appended>
  /** Its row, once it is committed. Commits come in the order of entries, and so do ids. */
  id?: number
  /** The disk refused it: it stands for no message. */
  refused?: boolean
}

/** So many entries are kept in memory before they are written down: some 2 MB, sorted in 5 ms. */
const tailMax = 8_000
/** Entries written in one commit: about 2 ms in which nothing is acknowledged. */
const chunk = 500

const markName = "duplicates mark"

/**
 * The duplicate check's memory: for each control id of each source, its latest message. The newest
 * entries are held here and written down in large sorted batches, with a mark of their own: control
 * ids are random keys, so an entry at a time dirties a page each, which was a third of what a
 * message cost (17k against 22k messages a second at 64 connections). After a crash they are read
 * from the journal again.
 */
export class Duplicates {
  readonly #work: Database
  readonly #tail = new Map<string, Newest>()
  #writing = false

  constructor(work: Database) {
    this.#work = work
    const rows = work.query<{ id: number; control: Uint8Array; digest: Uint8Array }, [number]>(
      "SELECT id, control, digest FROM journal WHERE id > ? ORDER BY id",
    )
    for (const { id, control, digest } of rows.iterate(this.#mark())) {
      const appended = Promise.resolve({ id, repeat: false })
      this.#tail.set(nameOf(control), { control, digest: Buffer.from(digest), appended, id })
    }
  }

  /** The newest message with this control id, where it is not written down yet. */
  newest(control: Uint8Array): Newest | undefined {
    return this.#tail.get(nameOf(control))
  }

  /** Makes an entry, before its commit: a repeat that arrives meanwhile waits for it. */
  enter(newest: Newest): void {
    this.#tail.set(nameOf(newest.control), newest)
  }

  /** Takes an entry back whose message was not stored, in favour of the one before it. */
  takeBack(newest: Newest, before: Newest | undefined): void {
    const name = nameOf(newest.control)
    if (this.#tail.get(name) !== newest) return
    // Of two that were refused together the second would bring back the first, which no repeat
    // could then get past.
    if (before && !before.refused) this.#tail.set(name, before)
    else this.#tail.delete(name)
  }

  /** Writes the entries down when they are many, or when there is time. */
  async write(idle: boolean): Promise<void> {
    if (this.#writing || this.#tail.size === 0 || !(idle || this.#tail.size > tailMax)) return
    this.#writing = true
    try {
      await this.#writeAll()
    } finally {
      this.#writing = false
    }
  }

  async #writeAll(): Promise<void> {
    const committed = [...this.#tail].filter(([, { id }]) => id !== undefined)
    // In the order of the keys, so that each page is written once.
    committed.sort(([a], [b]) => (a < b ? -1 : 1))
    const insert = this.#work.query<unknown, [Uint8Array, Buffer, number]>(
      "INSERT OR REPLACE INTO latest VALUES (?, ?, ?)",
    )
    const write = this.#work.transaction((some: typeof committed) => {
      for (const [, { control, digest, id }] of some) insert.run(control, digest, id ?? 0)
    })
    for (let at = 0; at < committed.length; at += chunk) {
      const some = committed.slice(at, at + chunk)
      write.immediate(some)
      for (const [name, newest] of some) {
        if (this.#tail.get(name) === newest) this.#tail.delete(name)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    // Every message up to here is written down, or a newer one with its control id is: what stands
    // in the tail still and is older came back when a newer one was refused.
    const last = committed.reduce((highest, [, { id }]) => Math.max(highest, id ?? 0), this.#mark())
    for (const { id = last + 1 } of this.#tail.values()) if (id <= last) return
    this.#work.run("INSERT OR REPLACE INTO box VALUES (?, ?)", [markName, String(last)])
  }

  #mark(): number {
    const row = this.#work
      .query<{ value: string }, [string]>("SELECT value FROM box WHERE name = ?")
      .get(markName)
    return Number(row?.value ?? 0)
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, keyLength).toString("latin1")
}
