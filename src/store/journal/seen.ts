import { likely, numberIn, type Packed, pack, segmentIds, words } from "./packed.ts"
import type { Kept, Keys } from "./runs.ts"

/** The latest message with a control id: its row, and the key of its bytes. */
export interface Latest {
  id: number
  digest: Buffer
}

interface Segment {
  count: number
  firstId: number
  lastId: number
  /** The latest time of its messages. */
  lastAt: number
  /** Undefined for the last segment, which is still added to. */
  packed?: Packed
}

/** Half of the places stay free, so that few lie between a message and where its key leads to. */
const placesMask = 2 * segmentIds + 1

/**
 * The latest message with each control id of each source. Of the last segment's messages both keys
 * are in memory, 3 MiB; of each before it 5 bytes, that tell where a control id may be. Only where
 * they agree is `keysOf` asked, 5 µs from the disk: for a new one by chance, once in 1,200 times
 * with a million known. All else takes less than 1 µs. The runtime keeps garbage in proportion to
 * what is in use, so that a million messages with all their keys in memory left 62 MB behind, and
 * so 24 MB. An index on the disk dirtied a page of its own for almost every message, and had to be
 * read inside the commit that is waited for. Keys are HMACs, so they lie evenly over the places.
 */
export class Seen {
  readonly #keysOf: (id: number) => Keys
  readonly #segments: Segment[] = []
  readonly #lastKeys = new Uint32Array(words * segmentIds)
  /** At the place a control id's key leads to, or the next ones: its latest in the last segment. */
  readonly #places = new Uint32Array(placesMask + 1)

  /** @param keysOf the keys of a message that was added before, wherever they are kept */
  constructor(keysOf: (id: number) => Keys) {
    this.#keysOf = keysOf
  }

  get size(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0)
  }

  latest(control: Buffer): Latest | undefined {
    const low = control.readUInt32LE(0)
    const high = control.readUInt32LE(4)
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      const { packed, firstId } = this.#segments[index] as Segment
      if (!packed) {
        const number = this.#places[this.#placeOf(low, high)]
        if (number) return { id: firstId + number - 1, digest: this.#digestOf(number) }
        continue
      }
      let at = likely(packed, low, high)
      for (; at !== undefined; at = likely(packed, low, high, at + 1)) {
        const id = firstId + numberIn(packed, at) - 1
        const keys = this.#keysOf(id)
        if (keys.control.equals(control)) return { id, digest: keys.digest }
      }
    }
    return undefined
  }

  /** Adds a message, which is later than all before it: ids only rise. */
  add({ id, control, digest, receivedAt }: Kept): void {
    const segment = this.#open(id, receivedAt)
    const number = id - segment.firstId + 1
    const low = control.readUInt32LE(0)
    const high = control.readUInt32LE(4)
    this.#places[this.#placeOf(low, high)] = number
    const at = words * (number - 1)
    this.#lastKeys[at] = low
    this.#lastKeys[at + 1] = high
    this.#lastKeys[at + 2] = digest.readUInt32LE(0)
    this.#lastKeys[at + 3] = digest.readUInt32LE(4)
    segment.count++
    segment.lastId = id
    segment.lastAt = Math.max(segment.lastAt, receivedAt)
  }

  /**
   * Forgets the oldest whole segments that lie more than `windowMs` before `now` (ms since 1970),
   * but never the newest `least` entries: the clock may have jumped. One whose time lies ahead was
   * received while the clock was wrong, and goes with what came after it: it would stay for ever.
   * Answers the highest id that is forgotten.
   */
  forget(now: number, windowMs: number, least: number): number | undefined {
    let gone = 0
    let left = this.size
    for (const [index, { count, lastAt }] of this.#segments.entries()) {
      left -= count
      const past = lastAt < now - windowMs
      if (left < least || (!past && lastAt <= now)) break
      if (past) gone = index + 1
    }
    return this.#segments.splice(0, gone).at(-1)?.lastId
  }

  /** The segment with a number for this id: the last one, or a new one behind it. */
  #open(id: number, receivedAt: number): Segment {
    const last = this.#segments.at(-1)
    if (last && id < last.firstId + segmentIds) return last
    if (last) last.packed = pack(this.#places.filter(Boolean), this.#lastKeys)
    this.#places.fill(0)
    const segment = { count: 0, firstId: id, lastId: id, lastAt: receivedAt }
    this.#segments.push(segment)
    return segment
  }

  /** Where the latest message with this control id is in the last segment, or would be. */
  #placeOf(low: number, high: number): number {
    let place = low & placesMask
    for (let number = this.#places[place]; number; number = this.#places[place]) {
      const at = words * (number - 1)
      if (this.#lastKeys[at] === low && this.#lastKeys[at + 1] === high) break
      place = (place + 1) & placesMask
    }
    return place
  }

  /** The key of the bytes of a message of the last segment. */
  #digestOf(number: number): Buffer {
    const digest = Buffer.alloc(8)
    digest.writeUInt32LE(this.#lastKeys[words * (number - 1) + 2] ?? 0, 0)
    digest.writeUInt32LE(this.#lastKeys[words * (number - 1) + 3] ?? 0, 4)
    return digest
  }
}
