import { describe, expect, test } from "bun:test"
import type { Keys } from "../../../src/store/journal/runs.ts"
import { Seen } from "../../../src/store/journal/seen.ts"
import { chanceFrom, pick, seed } from "../../fuzz/chance.ts"

const day = 86_400_000
/** Entries are forgotten in pieces of so many ids. */
const piece = 131_071

/** The key of some control id or of some bytes. Two and two agree in all that a piece keeps. */
function key(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(Math.imul(number >>> 1, 0x9e3779b1) >>> 0, 0)
  bytes.writeUInt32LE(number, 4)
  return bytes
}

/** A duplicate check, and a disk that counts how often it is asked. */
function openSeen() {
  const disk = new Map<number, Keys>()
  const asked = { times: 0 }
  const seen = new Seen((id) => {
    asked.times++
    const keys = disk.get(id)
    if (!keys) throw new Error(`message ${id} was never added`)
    return keys
  })
  const add = (id: number, control: Buffer, digest: Buffer, receivedAt: number) => {
    disk.set(id, { control, digest })
    seen.add({ id, control, digest, receivedAt })
  }
  /** So many messages from id `first` on, each under its own control id, received at `at`. */
  const addMany = (first: number, count: number, at: number) => {
    for (let id = first; id < first + count; id++) add(id, key(id), key(id + 1), at)
  }
  return { seen, asked, add, addMany }
}

describe("the duplicate check", () => {
  test("knows of each control id the latest message, whatever comes and goes", () => {
    console.log(`seed ${seed}`)
    const chance = chanceFrom(seed)
    const { seen, add } = openSeen()
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
        add(id, key(control), key(digest), now)
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
      const needed = messages.at(-Math.max(least, within)) ?? messages[0]
      expect(known[0]?.id ?? id).toBeGreaterThan((needed?.id ?? id) - piece)
      messages = known
      for (const control of [...latest.keys()].slice(-2_000)) check(control)
    }
  })

  test("goes on finding everything while it grows to 400,000 messages", () => {
    const { seen, addMany } = openSeen()
    addMany(1, 400_000, 1)
    for (let id = 1; id <= 400_000; id++) {
      if (seen.latest(key(id))?.id !== id) throw new Error(`message ${id} is not known`)
    }
    expect(seen.latest(key(400_001))).toBeUndefined()
  })

  test("asks the disk for hardly any message that is new", () => {
    const { seen, asked, add } = openSeen()
    console.log(`seed ${seed}`)
    const random = (number: number) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(Bun.hash.wyhash(`${number}`, BigInt(seed)))
      return bytes
    }
    for (let id = 1; id <= 300_000; id++) add(id, random(id), random(id), 1)
    expect(asked.times).toBe(0)
    for (let id = 300_001; id <= 400_000; id++) expect(seen.latest(random(id))).toBeUndefined()
    // By chance some 24.
    expect(asked.times).toBeLessThan(100)
    expect(seen.latest(random(1))?.id).toBe(1)
  })

  test('bears a sender that calls every message "1" for months', () => {
    const { seen, asked, add } = openSeen()
    for (let id = 1; id <= 200_000; id++) add(id, key(1), key(id), id * 60_000)
    expect(seen.latest(key(1))).toEqual({ id: 200_000, digest: key(200_000) })
    seen.forget(200_000 * 60_000, 30 * day, 0)
    expect(seen.latest(key(1))).toEqual({ id: 200_000, digest: key(200_000) })
    // 30 days hold 43,200 minutes.
    expect(seen.size).toBeLessThan(43_200 + piece)
    expect(asked.times).toBe(0)
  })
})

describe("when the clock of the box is wrong, the duplicate check", () => {
  test("keeps the newest messages, however far ahead it jumps", () => {
    const { seen, addMany } = openSeen()
    addMany(1, 250_000, 1)
    expect(seen.forget(1000 * day, 30 * day, 50_000)).toBeGreaterThan(1)
    expect(seen.size).toBeGreaterThanOrEqual(50_000)
    expect(seen.latest(key(200_001))?.id).toBe(200_001)
  })

  test("forgets nothing for its jumping back", () => {
    const { seen, addMany } = openSeen()
    addMany(1, 150_000, 100 * day)
    expect(seen.forget(0, 30 * day, 0)).toBeUndefined()
    // Hours in 1970, then the time is known again.
    addMany(150_001, 150_000, 0)
    expect(seen.forget(100 * day, 30 * day, 0)).toBeUndefined()
    expect(seen.latest(key(1))?.id).toBe(1)
  })

  test("does not keep for ever what came while it ran ahead", () => {
    const { seen, addMany } = openSeen()
    addMany(1, piece, 36_500 * day)
    addMany(piece + 1, 2 * piece, 100 * day)
    expect(seen.forget(101 * day, 30 * day, 0)).toBeUndefined()
    expect(seen.forget(131 * day, 30 * day, 0)).toBe(3 * piece)
    expect(seen.size).toBe(0)
  })
})
