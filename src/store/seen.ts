/** The latest message with a control id: its row, and the key of its bytes. */
export interface Latest {
  id: number
  digest: Buffer
}

/** What an entry takes, in words of 32 bits: both keys. */
const words = 4
/**
 * Entries in one segment of 256 KiB: an array that doubles would take twice the memory, and so does
 * a segment of no power of two, which the allocator rounds up.
 */
const segmentEntries = 16_384
/** The table grows when more than this part of its places is taken. */
const fullest = 0.75
const placesMin = 4_096

interface Segment {
  entries: Uint32Array
  count: number
  /** The entries' ids follow one another from this on. */
  firstId: number
  /** The latest time of its messages. */
  lastAt: number
}

/**
 * The latest message with each control id of each source, in memory: some 24 bytes a message. An
 * index on the disk dirtied a page of its own for almost every message, and had to be read inside
 * the commit that is waited for. Keys are HMACs, so they lie evenly over the table as they are.
 */
export class Seen {
  readonly #segments: Segment[] = []
  /** At the place its control id's key leads to, or the next ones: the entry's number, from 1. */
  #places = new Uint32Array(placesMin)
  #taken = 0

  get size(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0)
  }

  latest(control: Buffer): Latest | undefined {
    const number = this.#places[this.#placeOf(control.readUInt32LE(0), control.readUInt32LE(4))]
    if (!number) return undefined
    const { entries, firstId } = this.#segmentOf(number)
    const index = indexOf(number)
    const digest = Buffer.alloc(8)
    digest.writeUInt32LE(entries[words * index + 2] ?? 0, 0)
    digest.writeUInt32LE(entries[words * index + 3] ?? 0, 4)
    return { id: firstId + index, digest }
  }

  /** Adds a message, which is later than all before it: ids only rise. */
  add(id: number, control: Buffer, digest: Buffer, receivedAt: number): void {
    const segment = this.#open(id, receivedAt)
    const { entries, count } = segment
    entries[words * count] = control.readUInt32LE(0)
    entries[words * count + 1] = control.readUInt32LE(4)
    entries[words * count + 2] = digest.readUInt32LE(0)
    entries[words * count + 3] = digest.readUInt32LE(4)
    segment.count++
    this.#place((this.#segments.length - 1) * segmentEntries + segment.count)
    if (this.#taken > this.#places.length * fullest) this.#placeAll()
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
    const forgotten = this.#segments.splice(0, gone).at(-1)
    if (forgotten === undefined) return undefined
    this.#placeAll()
    return forgotten.firstId + forgotten.count - 1
  }

  /** The segment with room for this one. */
  #open(id: number, receivedAt: number): Segment {
    let last = this.#segments.at(-1)
    if (!last || last.count === segmentEntries || id !== last.firstId + last.count) {
      const entries = new Uint32Array(words * segmentEntries)
      last = { entries, count: 0, firstId: id, lastAt: receivedAt }
      this.#segments.push(last)
    }
    last.lastAt = Math.max(last.lastAt, receivedAt)
    return last
  }

  #segmentOf(number: number): Segment {
    const segment = this.#segments[Math.floor((number - 1) / segmentEntries)]
    if (!segment) throw new Error(`the duplicate check has no entry ${number}`)
    return segment
  }

  /** Where the entry of this key is, or would be. */
  #placeOf(low: number, high: number): number {
    const mask = this.#places.length - 1
    let place = low & mask
    for (let number = this.#places[place]; number; number = this.#places[place]) {
      const { entries } = this.#segmentOf(number)
      const at = words * indexOf(number)
      if (entries[at] === low && entries[at + 1] === high) break
      place = (place + 1) & mask
    }
    return place
  }

  #place(number: number): void {
    const { entries } = this.#segmentOf(number)
    const at = words * indexOf(number)
    const place = this.#placeOf(entries[at] ?? 0, entries[at + 1] ?? 0)
    if (this.#places[place] === 0) this.#taken++
    this.#places[place] = number
  }

  /** Makes the table anew, of a size that leaves it half empty. */
  #placeAll(): void {
    let places = placesMin
    while (places < this.size * 2) places *= 2
    this.#places = new Uint32Array(places)
    this.#taken = 0
    for (const [index, { count }] of this.#segments.entries()) {
      for (let at = 1; at <= count; at++) this.#place(index * segmentEntries + at)
    }
  }
}

/** Where in its segment an entry lies. */
function indexOf(number: number): number {
  return (number - 1) % segmentEntries
}
