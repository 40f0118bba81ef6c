import type { Database } from "bun:sqlite"
import type { Message } from "../../message.ts"
import type { Disk } from "../disk/database.ts"
import { GroupCommit } from "../disk/group-commit.ts"
import type { Space } from "../disk/space.ts"
import type { Keyed } from "./keys.ts"
import { quarantineIn, type Refused } from "./quarantine.ts"
import type { Tail } from "./tail.ts"

/** A message on its way to the journal. */
export type NewMessage = Omit<Message, "id"> & {
  controlId: string
  subjects: readonly string[]
  /** Left out: it is not. */
  urgent?: boolean | undefined
}

/** The row a message got, or the row of the identical message it repeats. */
export interface Appended {
  id: number
  repeat: boolean
}

/** A message on its way to its commit. */
interface Arriving {
  message: NewMessage
  control: Buffer
  digest: Buffer
  subjects: Buffer
  /** Another message came with its control id before. */
  reused: boolean
}

/** The first half's end: what is appended here may be acknowledged. */
export class Journal {
  readonly #keyed: Keyed
  readonly #rows: GroupCommit<Arriving, number>
  readonly #refused: GroupCommit<Refused, void>
  readonly #tail: Tail
  /** The latest of each control id whose commit is still waited for, and its row. */
  readonly #arriving = new Map<string, { digest: Buffer; row: Promise<number> }>()

  constructor(disk: Disk, keyed: Keyed, tail: Tail, space: Space) {
    const durably = {
      commit: disk.lazily.bind(disk),
      sync: disk.sync.bind(disk),
    }
    this.#keyed = keyed
    this.#tail = tail
    this.#rows = new GroupCommit({
      ...durably,
      write: insertInto(disk.database, space),
      written(arriving, id) {
        const { message, control, digest, subjects, reused } = arriving
        const { source, type, receivedAt, urgent = false } = message
        tail.push({ id, source, type, receivedAt, control, digest, subjects, reused, urgent })
      },
    })
    this.#refused = new GroupCommit({
      ...durably,
      write: quarantineIn(disk.database, space),
    })
  }

  /**
   * Resolves once the message is fsynced. The same bytes as the latest message with that control id
   * from that source are not stored again, and share that one's fate: a repeat that arrives while
   * the first is being committed waits for it. Rejects when the disk refuses.
   */
  async append(message: NewMessage): Promise<Appended> {
    const control = this.#keyed(`control ${message.source} ${message.controlId}`)
    const digest = this.#keyed(message.bytes)
    const name = control.toString("latin1")
    const ahead = this.#arriving.get(name)
    if (ahead?.digest.equals(digest)) return { id: await ahead.row, repeat: true }
    const before = this.#tail.seen.latest(control)
    if (!ahead && before?.digest.equals(digest)) return { id: before.id, repeat: true }
    const subjects = keysOf(message, this.#keyed)
    const reused = ahead !== undefined || before !== undefined
    const arriving = { message, control, digest, subjects, reused }
    const latest = { digest, row: this.#rows.add(arriving) }
    this.#arriving.set(name, latest)
    try {
      const id = await latest.row
      if (this.#tail.isFar(id)) await this.#tail.room()
      return { id, repeat: false }
    } finally {
      if (this.#arriving.get(name) === latest) this.#arriving.delete(name)
    }
  }

  /** Keeps the beginning of what was refused; the oldest make room. Rejects as `append` does. */
  quarantine(refused: Refused): Promise<void> {
    return this.#refused.add(refused)
  }

  /** Commits what waits, before the store closes. */
  async flush(): Promise<void> {
    await Promise.all([this.#rows.flush(), this.#refused.flush()])
  }
}

function insertInto(database: Database, space: Space): (arriving: Arriving) => number {
  const insert = database.query<
    unknown,
    [string, string, number, string, number, Buffer, Buffer, Buffer, Uint8Array, number]
  >(
    `INSERT INTO journal (source, peer, received_at, type, reused, control, digest, subjects, bytes,
     urgent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ message, control, digest, subjects, reused }) => {
    const { source, peer, receivedAt, type, bytes, urgent } = message
    space.take(bytes.length)
    const row = insert.run(
      source,
      peer,
      receivedAt,
      type,
      reused ? 1 : 0,
      control,
      digest,
      subjects,
      bytes,
      urgent ? 1 : 0,
    )
    return Number(row.lastInsertRowid)
  }
}

/** With no patient named, the source itself is the subject: its messages stay in order. */
function keysOf({ source, subjects }: NewMessage, keyed: Keyed): Buffer {
  if (subjects.length === 0) return keyed(`source ${source}`)
  if (subjects.length === 1) return keyed(`subject ${subjects[0]}`)
  return Buffer.concat([...new Set(subjects)].map((subject) => keyed(`subject ${subject}`)))
}
