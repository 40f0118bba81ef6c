import type { Database } from "bun:sqlite"
import type { Malformed, Message } from "../message.ts"
import { GroupCommit } from "./group-commit.ts"
import { type Keyed, keyLength } from "./keys.ts"

/** A message on its way to the journal. */
export type NewMessage = Omit<Message, "id"> & { controlId: string; subjects: readonly string[] }

/** Bytes on their way to quarantine. */
export interface Refused {
  source: string
  peer: string
  receivedAt: number
  malformed: Malformed
  bytes: Uint8Array
}

/** The row a message got, or the row of the identical message it repeats. */
export interface Appended {
  id: number
  repeat: boolean
}

interface Row {
  message: NewMessage
  control: Buffer
  digest: Buffer
  /** Nothing newer than what following wrote down has this control id. */
  alone: boolean
}

/** The newest message with a control id that following has not written down yet. */
interface Newest {
  digest: Buffer
  appended: Promise<Appended>
}

/** What a quarantined message may take, and how many are kept: 64 MiB in all. */
const quarantineBytesMax = 65_536
const quarantineRowsMax = 1_000

/** The first half's end: what is appended here may be acknowledged. */
export class Journal {
  readonly #keyed: Keyed
  readonly #rows: GroupCommit<Row, Appended>
  readonly #refused: GroupCommit<Refused, void>
  /** The duplicate check's newest entries, by control id; following writes down the older ones. */
  readonly #tail = new Map<string, Newest>()

  constructor(intake: Database, keyed: Keyed, mark: number) {
    this.#keyed = keyed
    this.#rows = new GroupCommit(intake, insertInto(intake, keyed))
    this.#refused = new GroupCommit(intake, quarantineIn(intake))
    const tail = intake.query<{ id: number; control: Uint8Array; digest: Uint8Array }, [number]>(
      "SELECT id, control, digest FROM journal WHERE id > ? ORDER BY id",
    )
    for (const { id, control, digest } of tail.iterate(mark)) {
      const appended = Promise.resolve({ id, repeat: false })
      this.#tail.set(nameOf(control), { digest: Buffer.from(digest), appended })
    }
  }

  /**
   * Resolves once the message is fsynced. The same bytes as the latest message with that control id
   * from that source are not stored again, and share that one's fate: a repeat that arrives while
   * the first is being committed waits for it. Rejects when the disk refuses.
   */
  async append(message: NewMessage): Promise<Appended> {
    const control = this.#keyed(message.source, message.controlId)
    const digest = this.#keyed(message.bytes)
    const name = nameOf(control)
    const before = this.#tail.get(name)
    if (before?.digest.equals(digest)) {
      const { id } = await before.appended
      return { id, repeat: true }
    }
    const row = { message, control, digest, alone: before === undefined }
    const newest = { digest, appended: this.#rows.add(row) }
    this.#tail.set(name, newest)
    try {
      const appended = await newest.appended
      // It repeats one that is written down already, so following will not come by here.
      if (appended.repeat) this.#restore(name, newest, before)
      return appended
    } catch (error) {
      this.#restore(name, newest, before)
      throw error
    }
  }

  #restore(name: string, newest: Newest, before: Newest | undefined): void {
    if (this.#tail.get(name) !== newest) return
    if (before) this.#tail.set(name, before)
    else this.#tail.delete(name)
  }

  /** Keeps the beginning of what was refused; the oldest make room. Rejects as `append` does. */
  quarantine(refused: Refused): Promise<void> {
    return this.#refused.add(refused)
  }

  /** Forgets the duplicate check's entries that following has written down. */
  async forget(followed: readonly { id: number; control: Uint8Array }[]): Promise<void> {
    for (const { id, control } of followed) {
      const name = nameOf(control)
      const newest = this.#tail.get(name)
      const appended = await newest?.appended.catch(() => undefined)
      if (appended?.id === id && this.#tail.get(name) === newest) this.#tail.delete(name)
    }
  }

  /** Commits what waits, before the store closes. */
  flush(): void {
    this.#rows.flush()
    this.#refused.flush()
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, keyLength).toString("latin1")
}

/**
 * Inserts one message, or finds the one that it repeats. The older entries of the duplicate check
 * are looked up here, inside the commit: a read of its own would cost two locks a message.
 */
function insertInto(intake: Database, keyed: Keyed): (row: Row) => Appended {
  const latest = intake.query<{ digest: Uint8Array; message_id: number }, [Buffer]>(
    "SELECT digest, message_id FROM latest WHERE control = ?",
  )
  const insert = intake.query<
    unknown,
    [string, string, number, string, Buffer, Buffer, Buffer, Uint8Array]
  >(
    `INSERT INTO journal (source, peer, received_at, type, control, digest, subjects, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ message, control, digest, alone }) => {
    const before = alone ? latest.get(control) : undefined
    if (before && digest.equals(before.digest)) return { id: before.message_id, repeat: true }
    const { source, peer, receivedAt, type, bytes } = message
    const keys = keysOf(message, keyed)
    const row = insert.run(source, peer, receivedAt, type, control, digest, keys, bytes)
    return { id: Number(row.lastInsertRowid), repeat: false }
  }
}

/** With no patient named, the source itself is the subject: its messages stay in order. */
function keysOf({ source, subjects }: NewMessage, keyed: Keyed): Buffer {
  if (subjects.length === 0) return keyed(source)
  return Buffer.concat([...new Set(subjects)].map((subject) => keyed("", subject)))
}

function quarantineIn(intake: Database): (refused: Refused) => void {
  const insert = intake.query<unknown, [string, string, number, string, number, Uint8Array]>(
    `INSERT INTO quarantine (source, peer, received_at, reason, size, bytes)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const trim = intake.query<unknown, [number]>(
    "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
  )
  return ({ source, peer, receivedAt, malformed, bytes }) => {
    const kept = bytes.subarray(0, quarantineBytesMax)
    insert.run(source, peer, receivedAt, malformed.reason, bytes.length, kept)
    trim.run(quarantineRowsMax)
  }
}
