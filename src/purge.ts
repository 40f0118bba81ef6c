/**
 * What is done with goes when its retention is over, a little at a time, and its space goes back to
 * the file system. Nothing is purged by a clock that stepped, until a person says that it is right.
 */
import { type Reading, stepOf } from "./clock.ts"
import type { Log } from "./message.ts"
import type { Store } from "./store/index.ts"

type Retention = Parameters<Store["housekeeping"]["purge"]>[0]

interface Given {
  store: Pick<Store, "housekeeping" | "recall" | "remember">
  retention: Retention
  log: Log
  /** Both clocks: the one that may step and the one that never does. */
  read: () => Reading
}

/** How purging stands, for the status. */
export interface Purging {
  /** The last run that took something away, and what; null: none did yet. */
  last: LastPurge | null
  /** By how many ms the clock stepped, which nobody has confirmed yet; left out: it is believed. */
  steppedMs?: number | undefined
}

/** A run of purging: when, by the box's clock, and how much it took away. */
export interface LastPurge {
  at: number
  messages: number
  quarantined: number
}

/** How often the clock is looked at: a step back and forth in between did no harm. */
const lookMs = 60_000
/** What has come is noted this often, so that a message may stay so much longer than it must. */
const noteMsMax = 3_600_000
const noteShare = 1 / 30
/** Between two commits there is this long for those that wait for theirs. */
const breathMs = 25
/** Under this name the store keeps the last run. */
const lastName = "last-purge"

/** Opens purging, which `start` sets going. Nothing is lost by closing at any moment. */
export function openPurging(given: Given) {
  const { store, retention, log, read } = given
  const shortestMs = Math.min(...Object.values(retention))
  const noteMs = Math.min(noteMsMax, shortestMs * noteShare)
  let believed: Reading | undefined
  let last: LastPurge | null = null
  let steppedMs: number | undefined
  let looking: Timer | undefined
  let running: Promise<void> | undefined
  let closing = false

  /** The time as it is believed, or undefined after a step. */
  async function now(): Promise<number | undefined> {
    const reading = read()
    // Before the first note nothing is there that could be too old.
    believed ??= { ...reading, wallMs: (await store.housekeeping.notedAt()) ?? reading.wallMs }
    const step = stepOf(believed, reading, shortestMs)
    if (step === undefined) {
      if (steppedMs !== undefined) log("clock-back", {})
      believed = reading
    } else if (steppedMs === undefined) {
      log("clock-stepped", { seconds: Math.round(step / 1000), purging: "waits to be confirmed" })
    }
    steppedMs = step
    return step === undefined ? reading.wallMs : undefined
  }

  async function look(): Promise<void> {
    const at = await now()
    if (at === undefined) return
    const notedAt = await store.housekeeping.notedAt()
    if (notedAt !== undefined && Math.abs(at - notedAt) < noteMs) return
    await store.housekeeping.note(at, retention)
    const done = await purgeAll(at)
    if (done.messages + done.quarantined === 0) return
    last = done
    await store.remember(lastName, JSON.stringify(last))
    const { messages, quarantined } = done
    log("purged", { messages, quarantined })
  }

  /** Chunk by chunk, as far as it goes before it is closed. */
  async function purgeAll(at: number): Promise<LastPurge> {
    const done = { at, messages: 0, quarantined: 0 }
    for (let more = true; more && !closing; ) {
      const purged = await store.housekeeping.purge(retention, at)
      done.messages += purged.messages
      done.quarantined += purged.quarantined
      more = purged.more
      if (more) await Bun.sleep(breathMs)
    }
    while (!closing && (await store.housekeeping.giveBack())) await Bun.sleep(breathMs)
    return done
  }

  /** One look after the other; what the disk refused is done by the next one. */
  function lookOnce(): Promise<void> {
    running ??= look()
      .catch((error: Error) => log("purging-waits-for-disk", { reason: error.message }))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    async start(): Promise<void> {
      const text = await store.recall(lastName)
      if (text !== undefined) last = JSON.parse(text) as LastPurge
      await now()
      looking = setInterval(lookOnce, lookMs)
    },
    /** Looks now; resolves when all is done that is to be done. */
    look: lookOnce,
    standing: (): Purging => ({ last, steppedMs }),
    /**
     * A person says that the clock is right now. What lies before the step is then as old as it was
     * then: for the time between nobody can vouch, so that none of it is purged too early. Answers
     * by how many ms it had stepped, or undefined where it had not.
     */
    async confirm(): Promise<number | undefined> {
      await running
      await now()
      if (steppedMs === undefined) return undefined
      const stepped = steppedMs
      await store.housekeeping.shift(stepped)
      believed = read()
      steppedMs = undefined
      log("clock-confirmed", { seconds: Math.round(stepped / 1000) })
      return stepped
    },
    async close(): Promise<void> {
      closing = true
      clearInterval(looking)
      await running
    },
  }
}
