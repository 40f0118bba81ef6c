import type { Database } from "bun:sqlite"
import { type Kept, type Keys, openKept, readRuns } from "./runs.ts"
import { Seen } from "./seen.ts"

/** What routing looks at: messages of one kind are owed to the same destinations. */
export interface Kind {
  source: string
  type: string
}

/** A message as following needs it. */
export interface Entry extends Kind, Kept {
  /** Another message came with its control id before. */
  reused: boolean
  subjects: Buffer
  urgent: boolean
}

/** So far following may lag behind before senders wait for it: some 10 MB of entries. */
const followLagMax = 20_000

/** Messages that are known whatever their age: some 2 MB, and the clock may jump past the rest. */
const leastSeen = 65_536

/**
 * The journal's tail, which nobody has followed yet, and the duplicate check. Both are in memory,
 * so that neither has to be read back while messages come in, and are read again at start.
 */
export class Tail {
  readonly seen = new Seen((id) => this.#keysOf(id))
  readonly #kept: (id: number) => Keys
  readonly #windowMs: number
  readonly #entries: Entry[] = []
  readonly #waiting: (() => void)[] = []

  /** @param windowMs how long the duplicate check remembers a message */
  constructor(database: Database, mark: number, windowMs: number) {
    this.#kept = openKept(database)
    this.#windowMs = windowMs
    for (const kept of readRuns(database)) this.seen.add(kept)
    for (const entry of entriesAfter(mark, database)) this.push(entry)
  }

  /** Takes in a message that is in the journal now. */
  push(entry: Entry): void {
    this.#entries.push(entry)
    this.seen.add(entry)
  }

  /** The next to be followed, at most so many, in the order of the journal. */
  next(limit: number): readonly Entry[] {
    return this.#entries.slice(0, limit)
  }

  /** Lets go of so many that were followed; answers up to which id the duplicate check forgot. */
  followed(messages: number): number | undefined {
    const gone = this.#entries.splice(0, messages)
    if (this.#entries.length <= followLagMax) this.letGo()
    const now = gone.at(-1)?.receivedAt ?? 0
    return this.seen.forget(now, this.#windowMs, leastSeen)
  }

  /**
   * Whether following is so far behind this message that its sender should wait. Those before it
   * are answered: if all waited that came in one turn, nobody would be told that there is something
   * to follow.
   */
  isFar(id: number): boolean {
    const first = this.#entries[followLagMax]
    return first !== undefined && id >= first.id
  }

  /** Resolves when following has come closer, or can't. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** From memory, or where it was followed already, from the disk. */
  #keysOf(id: number): Keys {
    const entries = this.#entries
    const first = entries[0]
    if (!first || id < first.id) return this.#kept(id)
    // Where ids are missing before it, it stands further in front.
    let at = Math.min(id - first.id, entries.length - 1)
    while ((entries[at] ?? first).id > id) at--
    return entries[at] ?? first
  }

  /** Ends the wait of all that wait for room. */
  letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** What following would find after the mark, as it was when it came in. */
function* entriesAfter(mark: number, database: Database): Iterable<Entry> {
  const rows = database.query<Row, [number]>(
    `SELECT id, source, type, received_at, reused, urgent, control, digest, subjects
     FROM journal WHERE id > ? ORDER BY id`,
  )
  for (const { received_at: receivedAt, reused, ...row } of rows.iterate(mark)) {
    const [control, digest] = [Buffer.from(row.control), Buffer.from(row.digest)]
    const subjects = Buffer.from(row.subjects)
    const [urgent, again] = [row.urgent === 1, reused === 1]
    yield { ...row, receivedAt, reused: again, urgent, control, digest, subjects }
  }
}

interface Row {
  id: number
  source: string
  type: string
  received_at: number
  reused: number
  urgent: number
  control: Uint8Array
  digest: Uint8Array
  subjects: Uint8Array
}
