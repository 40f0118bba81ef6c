/**
 * Between the two halves: walks the journal behind the mark and writes down what each message
 * entails. The ack never waits for this.
 */
import { diskAgainMs, diskReason } from "./disk.ts"
import type { Log } from "./message.ts"
import { Signal } from "./signal.ts"
import type { Store } from "./store/index.ts"

interface Given {
  store: Pick<Store, "unfollowed" | "follow">
  owed: (message: { source: string; type: string }) => readonly string[]
  log: Log
  /** Called when there may be new deliveries. */
  onFollowed: () => void
}

/** Messages followed in one commit; at 64 connections under full load one holds about 200. */
const batch = 500
/** Following waits this long for company, so that its commits are few and large. */
const companyMs = 20
/** After this long every wait looks again, whatever the clock has done meanwhile. */
export const lookAgainMs = 60_000

/** Opens following, which `start` sets going. Nothing is lost by closing at any moment. */
export function openFollowing(given: Given) {
  const stored = new Signal()
  const unrouted = new Set<string>()
  let running: Promise<void> | undefined
  let closing = false

  async function run(): Promise<void> {
    let waiting = false
    while (!closing) {
      try {
        const messages = await followOnce({ ...given, owed })
        waiting = false
        if (messages > 0) given.onFollowed()
        if (messages === batch) continue
      } catch (error) {
        const reason = diskReason(error)
        if (!waiting) given.log("following-waits-for-disk", { reason })
        waiting = true
        await Bun.sleep(diskAgainMs)
        continue
      }
      await stored.wait(lookAgainMs)
      await Bun.sleep(companyMs)
    }
  }

  /** Says of each kind once that no route wants it: it is kept, and somebody may have forgotten. */
  function owed(message: { source: string; type: string }): readonly string[] {
    const destinations = given.owed(message)
    const { source, type } = message
    if (destinations.length === 0 && !unrouted.has(`${source} ${type}`)) {
      unrouted.add(`${source} ${type}`)
      given.log("unrouted", { source, type })
    }
    return destinations
  }

  return {
    start(): void {
      running = run()
    },
    /** Says that the journal has grown. */
    wake: () => stored.give(),
    async close(): Promise<void> {
      closing = true
      stored.give()
      await running
    },
  }
}

/** Follows the next messages of the journal to whom they are owed; answers how many there were. */
export async function followOnce({ store, owed }: Pick<Given, "store" | "owed">): Promise<number> {
  const next = await store.unfollowed(batch)
  if (next.messages === 0) return 0
  const kinds = next.kinds.map((kind) => ({ ...kind, destinations: owed(kind) }))
  await store.follow(next, kinds)
  return next.messages
}
