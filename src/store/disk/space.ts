import { rmSync, statfsSync, statSync } from "node:fs"
import { join } from "node:path"
import type { StoreConfig } from "../settings.ts"
import { allocateFile } from "./allocate.ts"
import { logName } from "./database.ts"

const mebibyte = 1024 ** 2
const lowWaterMax = 64 * mebibyte
const reserveMax = 64 * mebibyte
/** The log grows to this part of the reserve, which must hold its copy when it is given back. */
const logShare = 0.25
/** What settling one delivery takes: its trail, its receipt, what its destination now knows. */
const settlingBytes = 1024
/** What storing a message takes: its bytes in the log and in the database, and some pages. */
const copies = 2
const pageBytes = 16_384
/** Who finds no room for a message of this size is nearly at the mark. */
const smallBytes = 65_536
/** After a refusal so much of the low-water mark has to be free again. */
const resumeShare = 0.125
/** How long an answer of the file system holds, in which not much more is taken. */
const staleMs = 10

/** The disk is nearly full: no more is taken in until it has space again. */
export class NoSpace extends Error {
  override name = "NoSpace"
}

/**
 * The free space of the disk that the data folder lies on. Intake stops while there is still room
 * to settle what is owed: SQLite can neither delete nor copy its log where there is none. For when
 * others take even that, a reserve lies beside the database, which is then given back.
 */
export class Space {
  readonly #folder: string
  readonly #reserve: { path: string; size: number }
  readonly #log: string
  readonly #lowWater: number
  #pending = () => 0
  /** What may still be taken in, in bytes, by the file system's last answer. */
  #room = 0
  #readAt = Number.NEGATIVE_INFINITY
  #refusing = false

  constructor(folder: string, settings: StoreConfig) {
    const { blocks, bsize } = statfsSync(folder)
    const size = settings.reserve ?? Math.min(reserveMax, (blocks * bsize) / 16)
    this.#folder = folder
    this.#log = join(folder, logName)
    this.#reserve = { path: join(folder, "reserve"), size: Math.ceil(size) }
    this.#lowWater = settings.lowWater ?? Math.min(lowWaterMax, (blocks * bsize) / 8)
  }

  /** How large the write-ahead log may become before it is copied, in bytes. */
  get logBytes(): number {
    return this.#reserve.size * logShare
  }

  /** Keeps room for settling so many deliveries, besides the low-water mark. */
  keepFor(pending: () => number): void {
    this.#pending = pending
  }

  /** Takes room for a message of that size; throws NoSpace where there is too little. */
  take(bytes: number): void {
    const needed = copies * bytes + pageBytes
    const stale = performance.now() - this.#readAt > staleMs
    if (stale || this.#room < needed) this.#read()
    if (this.#room < Math.max(needed, this.#least())) {
      // A large message may find no room where a small one still does.
      this.#refusing ||= this.#room < smallBytes
      throw new NoSpace(this.#words())
    }
    this.#refusing = false
    this.#room -= needed
  }

  /** Why nothing is taken in; undefined while there is room, in which the reserve is made again. */
  refusal(): string | undefined {
    this.#read()
    this.#refusing = this.#room < this.#least()
    if (this.#refusing) return this.#words()
    const { path, size } = this.#reserve
    // Of another size it was made under other settings, by which the log is not allowed for.
    const made = statSync(path, { throwIfNoEntry: false })?.size === size
    if (!made && this.#room > copies * size) allocateFile(path, size)
    return undefined
  }

  /**
   * The room with which anything is taken in: once it ran out, some more, or each byte tells. Never
   * less than a small message needs: what is said to be taken in again would be refused.
   */
  #least(): number {
    return this.#refusing ? Math.max(smallBytes, this.#lowWater * resumeShare) : pageBytes
  }

  /** Whether so many bytes can be written with all that is kept free left free. */
  holds(bytes: number): boolean {
    this.#read()
    return this.#room >= bytes
  }

  /** Gives the reserve's space back. */
  giveBack(): void {
    rmSync(this.#reserve.path, { force: true })
  }

  #read(): void {
    this.#room = freeBytes(this.#folder) - this.#kept()
    this.#readAt = performance.now()
  }

  /** What is kept free for what is owed, and for the log to be copied into the database. */
  #kept(): number {
    const { size = 0 } = statSync(this.#log, { throwIfNoEntry: false }) ?? {}
    return this.#lowWater + settlingBytes * this.#pending() + size
  }

  #words(): string {
    const parts = [freeBytes(this.#folder), this.#kept()]
    const [free, kept] = parts.map((part) => (part / mebibyte).toFixed(1))
    return `the disk has ${free} MiB left, and ${kept} MiB are kept free for deliveries`
  }
}

/** What this user may still write on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
