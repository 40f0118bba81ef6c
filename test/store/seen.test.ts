import { describe, expect, test } from "bun:test"
import { Seen } from "../../src/store/seen.ts"
import { chanceFrom, pick, seed } from "../fuzz/chance.ts"

const day = 86_400_000
/** Entries are forgotten in pieces of so many. */
const piece = 16_384

/** The key of some control id or of some bytes. Two and two begin alike. */
function key(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(Math.imul(number >>> 1, 0x9e3779b1) >>> 0, 0)
  bytes.writeUInt32LE(number, 4)
  return bytes
}

/** So many messages from id `first` on, each under a control id of its own, received at `at`. */
function add(seen: Seen, first: number, count: number, at: number): void {
  for (let id = first; id < first + count; id++) seen.add(id, key(id), key(id + 1), at)
}

describe("the duplicate check", () => {
  test("knows of each control id the latest message, whatever comes and goes", () => {
    console.log(`seed ${seed}`)
    const chance = chanceFrom(seed)
    const seen = new Seen()
    const latest = new Map<number, { id: number; digest: number }>()
    let messages: { id: number; at: number }[] = []
    let [id, now, forgotten] = [chance(1_000_000), day, 0]
    const check = (control: number) => {
      const expected = latest.get(control)
      const found = seen.latest(key(control))
      if (!expected || expected.id <= forgotten) return expect(found).toBeUndefined()
      expect(found).toEqual({ id: expected.id, digest: key(expected.digest) })
    }
    for (let round = 0; round < 40; round++) {
      // A sender that counts to 5, one that counts to 30,000, one that never begins again.
      const controls = pick(chance, [5, 30_000, 2 ** 31])
      for (let adding = chance(8_000); adding > 0; adding--) {
        const [control, digest] = [chance(controls), chance(2 ** 31)]
        id += chance(10) === 0 ? 1 + chance(50) : 1
        now += chance(20)
        seen.add(id, key(control), key(digest), now)
        latest.set(control, { id, digest })
        messages.push({ id, at: now })
        if (chance(20) === 0) check(chance(controls))
      }
      const [windowMs, least] = [chance(400_000), chance(50_000)]
      forgotten = seen.forget(now, windowMs, least) ?? forgotten
      const known = messages.filter((one) => one.id > forgotten)
      const within = messages.filter(({ at }) => at >= now - windowMs).length
      expect(seen.size).toBe(known.length)
      expect(known.length).toBeGreaterThanOrEqual(
        Math.min(messages.length, Math.max(least, within)),
      )
      expect(known.length).toBeLessThan(Math.max(least, within) + 2 * piece)
      messages = known
      for (const control of [...latest.keys()].slice(-2_000)) check(control)
    }
  })

  test("goes on finding everything while it grows to a quarter of a million messages", () => {
    const seen = new Seen()
    add(seen, 1, 250_000, 1)
    for (let id = 1; id <= 250_000; id++) {
      if (seen.latest(key(id))?.id !== id) throw new Error(`message ${id} is not known`)
    }
    expect(seen.latest(key(250_001))).toBeUndefined()
  })

  test('bears a sender that calls every message "1" for months', () => {
    const seen = new Seen()
    for (let id = 1; id <= 200_000; id++) seen.add(id, key(1), key(id), id * 60_000)
    expect(seen.latest(key(1))).toEqual({ id: 200_000, digest: key(200_000) })
    seen.forget(200_000 * 60_000, 30 * day, 0)
    expect(seen.latest(key(1))).toEqual({ id: 200_000, digest: key(200_000) })
    // 30 days hold 43,200 minutes.
    expect(seen.size).toBeLessThan(43_200 + piece)
  })
})

describe("when the clock of the box is wrong, the duplicate check", () => {
  test("keeps the newest messages, however far ahead it jumps", () => {
    const seen = new Seen()
    add(seen, 1, 100_000, 1)
    expect(seen.forget(1000 * day, 30 * day, 50_000)).toBeGreaterThan(1)
    expect(seen.size).toBeGreaterThanOrEqual(50_000)
    expect(seen.latest(key(50_001))?.id).toBe(50_001)
  })

  test("forgets nothing for its jumping back", () => {
    const seen = new Seen()
    add(seen, 1, 50_000, 100 * day)
    expect(seen.forget(0, 30 * day, 0)).toBeUndefined()
    // Hours in 1970, then the time is known again.
    add(seen, 50_001, 50_000, 0)
    expect(seen.forget(100 * day, 30 * day, 0)).toBeUndefined()
    expect(seen.latest(key(1))?.id).toBe(1)
  })

  test("does not keep for ever what came while it ran ahead", () => {
    const seen = new Seen()
    add(seen, 1, piece, 36_500 * day)
    add(seen, piece + 1, 2 * piece, 100 * day)
    expect(seen.forget(101 * day, 30 * day, 0)).toBeUndefined()
    expect(seen.forget(131 * day, 30 * day, 0)).toBe(3 * piece)
    expect(seen.size).toBe(0)
  })
})
