import type { Database } from "bun:sqlite"
import type { Malformed, Message } from "../message.ts"
import type { Appended, Duplicates, Newest } from "./duplicates.ts"
import { GroupCommit } from "./group-commit.ts"
import type { Keyed } from "./keys.ts"

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

interface Row {
  message: NewMessage
  control: Buffer
  digest: Buffer
  /** The duplicate check knows its control id from a message that is not written down yet. */
  newer: boolean
}

/** What a quarantined message may take, and how many are kept: 64 MiB in all. */
const quarantineBytesMax = 65_536
const quarantineRowsMax = 1_000

/** The first half's end: what is appended here may be acknowledged. */
export class Journal {
  readonly #keyed: Keyed
  readonly #rows: GroupCommit<Row, Appended>
  readonly #refused: GroupCommit<Refused, void>
  readonly #duplicates: Duplicates

  constructor(intake: Database, keyed: Keyed, duplicates: Duplicates) {
    this.#keyed = keyed
    this.#duplicates = duplicates
    this.#rows = new GroupCommit(intake, insertInto(intake, keyed))
    this.#refused = new GroupCommit(intake, quarantineIn(intake))
  }

  /**
   * Resolves once the message is fsynced. The same bytes as the latest message with that control id
   * from that source are not stored again, and share that one's fate: a repeat that arrives while
   * the first is being committed waits for it. Rejects when the disk refuses.
   */
  async append(message: NewMessage): Promise<Appended> {
    const control = this.#keyed(`control ${message.source} ${message.controlId}`)
    const digest = this.#keyed(message.bytes)
    const before = this.#duplicates.newest(control)
    if (before?.digest.equals(digest)) {
      const { id } = await before.appended
      return { id, repeat: true }
    }
    const row = { message, control, digest, newer: before !== undefined }
    const newest: Newest = { control, digest, appended: this.#rows.add(row) }
    this.#duplicates.enter(newest)
    try {
      const appended = await newest.appended
      // It repeats one that is written down already, which then is the latest.
      if (appended.repeat) this.#duplicates.takeBack(newest, before)
      else newest.id = appended.id
      return appended
    } catch (error) {
      newest.refused = true
      this.#duplicates.takeBack(newest, before)
      throw error
    }
  }

  /** Keeps the beginning of what was refused; the oldest make room. Rejects as `append` does. */
  quarantine(refused: Refused): Promise<void> {
    return this.#refused.add(refused)
  }

  /** Commits what waits, before the store closes. */
  flush(): void {
    this.#rows.flush()
    this.#refused.flush()
  }
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
    [string, string, number, string, number, Buffer, Buffer, Buffer, Uint8Array]
  >(
    `INSERT INTO journal (source, peer, received_at, type, reused, control, digest, subjects, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ message, control, digest, newer }) => {
    const before = newer ? undefined : latest.get(control)
    if (before && digest.equals(before.digest)) return { id: before.message_id, repeat: true }
    const { source, peer, receivedAt, type, bytes } = message
    const keys = keysOf(message, keyed)
    const reused = newer || before ? 1 : 0
    const row = insert.run(source, peer, receivedAt, type, reused, control, digest, keys, bytes)
    return { id: Number(row.lastInsertRowid), repeat: false }
  }
}

/** With no patient named, the source itself is the subject: its messages stay in order. */
function keysOf({ source, subjects }: NewMessage, keyed: Keyed): Buffer {
  if (subjects.length === 0) return keyed(`source ${source}`)
  if (subjects.length === 1) return keyed(`subject ${subjects[0]}`)
  return Buffer.concat([...new Set(subjects)].map((subject) => keyed(`subject ${subject}`)))
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
