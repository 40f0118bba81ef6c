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
}

interface Latest {
  digest: Uint8Array
  id: Promise<number>
}

/** What a quarantined message may take, and how many are kept: 64 MiB in all. */
const quarantineBytesMax = 65_536
const quarantineRowsMax = 1_000

/** The first half's end: what is appended here may be acknowledged. */
export class Journal {
  readonly #keyed: Keyed
  readonly #rows: GroupCommit<Row, number>
  readonly #refused: GroupCommit<Refused, void>
  readonly #latest: (control: Buffer) => { digest: Uint8Array; message_id: number } | null
  /** The duplicate check's newest entries: those that following has not yet written down. */
  readonly #tail = new Map<string, Latest>()

  constructor(intake: Database, keyed: Keyed, mark: number) {
    this.#keyed = keyed
    this.#rows = new GroupCommit(intake, insertInto(intake, keyed))
    this.#refused = new GroupCommit(intake, quarantineIn(intake))
    const latest = intake.query<{ digest: Uint8Array; message_id: number }, [Buffer]>(
      "SELECT digest, message_id FROM latest WHERE control = ?",
    )
    this.#latest = (control) => latest.get(control)
    const tail = intake.query<{ id: number; control: Uint8Array; digest: Uint8Array }, [number]>(
      "SELECT id, control, digest FROM journal WHERE id > ? ORDER BY id",
    )
    for (const { id, control, digest } of tail.iterate(mark)) {
      this.#tail.set(hex(control), { digest, id: Promise.resolve(id) })
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
    const name = hex(control)
    const before = this.#tail.get(name) ?? this.#written(control)
    if (before && digest.equals(before.digest)) return { id: await before.id, repeat: true }
    const entry = { digest, id: this.#rows.add({ message, control, digest }) }
    this.#tail.set(name, entry)
    try {
      return { id: await entry.id, repeat: false }
    } catch (error) {
      if (this.#tail.get(name) === entry) {
        if (before) this.#tail.set(name, before)
        else this.#tail.delete(name)
      }
      throw error
    }
  }

  /** Keeps the beginning of what was refused; the oldest make room. Rejects as `append` does. */
  quarantine(refused: Refused): Promise<void> {
    return this.#refused.add(refused)
  }

  /** Forgets the duplicate check's entries that following has written down. */
  async forget(followed: readonly { id: number; control: Uint8Array }[]): Promise<void> {
    for (const { id, control } of followed) {
      const name = hex(control)
      const entry = this.#tail.get(name)
      if (entry && (await entry.id.catch(() => undefined)) === id) this.#tail.delete(name)
    }
  }

  /** Commits what waits, before the store closes. */
  flush(): void {
    this.#rows.flush()
    this.#refused.flush()
  }

  #written(control: Buffer): Latest | undefined {
    const row = this.#latest(control)
    return row ? { digest: row.digest, id: Promise.resolve(row.message_id) } : undefined
  }
}

function hex(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, keyLength).toString("hex")
}

function insertInto(intake: Database, keyed: Keyed): (row: Row) => number {
  const insert = intake.query<
    { id: number },
    [string, string, number, string, Buffer, Buffer, Buffer, Uint8Array]
  >(
    `INSERT INTO journal (source, peer, received_at, type, control, digest, subjects, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  )
  return ({ message, control, digest }) => {
    // With no patient named, the source itself is the subject: its messages stay in order.
    const { source, subjects } = message
    const named = [...new Set(subjects)]
    const keys = named.length > 0 ? named.map((key) => keyed("", key)) : [keyed(source)]
    const row = insert.get(
      source,
      message.peer,
      message.receivedAt,
      message.type,
      control,
      digest,
      Buffer.concat(keys),
      message.bytes,
    )
    if (!row) throw new Error("the journal gave no id")
    return row.id
  }
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
