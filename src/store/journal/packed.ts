/** What both keys of a message take, in words of 32 bits. */
export const words = 4
/** A cell's lower bits are the message's number, the others are of its control id's key. */
const numberBits = 17
/** Messages of one segment, numbered from 1. More make fewer segments to look into. */
export const segmentIds = 2 ** numberBits - 1
/** A bucket holds 4 messages where all ids are in use. */
const bucketBits = numberBits - 2

/** Where the message of a control id is in a segment that is full: in 5 bytes a message. */
export interface Packed {
  /** Of each bucket the first of its cells. */
  starts: Uint32Array
  cells: Int32Array
}

/**
 * Packs the messages of these numbers, whose control ids differ. Of message 1 the four words of
 * `keys` come first: two of its control id's key, two that are of no use here.
 */
export function pack(numbers: Uint32Array, keys: Uint32Array): Packed {
  const starts = new Uint32Array(2 ** bucketBits)
  const cells = new Int32Array(numbers.length)
  const add = (bucket: number, count: number) => {
    const sum = (starts[bucket] ?? 0) + count
    starts[bucket] = sum
    return sum
  }
  const lowOf = (number: number) => keys[words * (number - 1)] ?? 0
  for (const number of numbers) add(bucketOf(lowOf(number)), 1)
  // What was a bucket's count becomes its end, which its messages then move to its start.
  for (let bucket = 1; bucket < starts.length; bucket++) add(bucket, starts[bucket - 1] ?? 0)
  for (const number of numbers) {
    const bits = bitsOf(keys[words * (number - 1) + 1] ?? 0)
    cells[add(bucketOf(lowOf(number)), -1)] = (bits << numberBits) | number
  }
  return { starts, cells }
}

/**
 * The first cell, not before `from`, that may stand for the control id with this key, given as its
 * two words; undefined where there is none.
 */
export function likely(
  { starts, cells }: Packed,
  low: number,
  high: number,
  from = 0,
): number | undefined {
  const bucket = bucketOf(low)
  const bits = bitsOf(high)
  const end = starts[bucket + 1] ?? cells.length
  for (let at = Math.max(from, starts[bucket] ?? 0); at < end; at++) {
    if ((cells[at] ?? 0) >>> numberBits === bits) return at
  }
  return undefined
}

/** The number of the message that a cell stands for. */
export function numberIn({ cells }: Packed, at: number): number {
  return (cells[at] ?? 0) & segmentIds
}

function bucketOf(low: number): number {
  return low >>> (32 - bucketBits)
}

function bitsOf(high: number): number {
  return high >>> numberBits
}
