/**
 * The second half of a message's life: follow the journal, then next, map, send, settle. There is
 * no in-flight state on disk: after a crash a pending delivery is simply sent again.
 */
import type { Carried, Carry } from "./carry.ts"
import { diskAgainMs, lookAgainMs, openFollowing } from "./follow.ts"
import type { Delivery, Log } from "./message.ts"
import { Busy, Pace, paceMs } from "./pace.ts"
import {
  inFlightMax,
  nextTryMs,
  patienceMs,
  type Standing,
  standingAfter,
  upright,
} from "./retry.ts"
import { Signal } from "./signal.ts"
import type { Store } from "./store/index.ts"

interface Given {
  store: Store
  owed: (message: { source: string; type: string }) => readonly string[]
  carry: Carry
  /** The destinations, and how many deliveries each bears at once. */
  destinations: Readonly<Record<string, { concurrency: number }>>
  log: Log
  now: () => number
  random: () => number
}

/** How long a delivery that is broken off may take to notice. */
const heedMs = 1_000

/** Opens the way out, which `start` sets going. Nothing is lost by closing at any moment. */
export function openDelivering(given: Given) {
  const busy = new Busy()
  const lines = Object.fromEntries(
    Object.entries(given.destinations).map(([name, { concurrency }]) => {
      return [name, new Line(name, concurrency, given, new Pace(busy))]
    }),
  )
  const wakeAll = () => {
    for (const line of Object.values(lines)) line.wake()
  }
  const following = openFollowing({ ...given, onFollowed: wakeAll })
  return {
    start(): void {
      following.start()
      for (const line of Object.values(lines)) line.start()
    },
    /** Says that the journal has grown by a message. */
    wake(): void {
      busy.arrived(performance.now())
      following.wake()
    },
    standing: (destination: string): Standing => lines[destination]?.standing ?? upright,
    /** Lets what is in flight finish for `graceMs`; what did not stays pending. */
    async close(graceMs: number): Promise<void> {
      await Promise.all([
        following.close(),
        ...Object.values(lines).map((line) => line.close(graceMs)),
      ])
    },
  }
}

/** The deliveries to one destination: as many at once as it bears, in order inside each lane. */
class Line {
  standing: Standing = upright
  readonly #inFlight = new Map<number, Promise<void>>()
  /** Tried since it went down: the probes go round, or one bad message would be them all. */
  readonly #probed = new Set<number>()
  readonly #changed = new Signal()
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined
  #closing = false

  constructor(
    readonly name: string,
    readonly concurrency: number,
    readonly given: Given,
    readonly pace: Pace,
  ) {}

  start(): void {
    this.#running = this.#run()
  }

  wake(): void {
    this.#changed.give()
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.wake()
    await this.#running
    const done = Promise.all(this.#inFlight.values())
    const over = new Promise<void>((resolve) => {
      const grace = setTimeout(() => {
        this.#abort.abort()
        // One that does not heed the signal must not keep the store open for ever.
        setTimeout(resolve, heedMs)
      }, graceMs)
      done.finally(() => clearTimeout(grace))
    })
    await Promise.race([done, over])
  }

  async #run(): Promise<void> {
    const { store, now } = this.given
    while (!this.#closing) {
      // One time for both questions: what falls due between them would be found by neither.
      const at = now()
      const bears = inFlightMax(this.standing, this.concurrency, at) - this.#inFlight.size
      const free = Math.min(bears, this.pace.left(performance.now()))
      if (bears > 0 && free < 1) {
        await Bun.sleep(paceMs)
        continue
      }
      const except = new Set([...this.#inFlight.keys(), ...this.#probed])
      const options = { now: at, patienceMs, limit: free, except }
      const due = free > 0 ? await store.next(this.name, options) : []
      this.pace.take(due.length)
      for (const delivery of due) this.#start(delivery)
      if (free > 0 && due.length === 0 && this.#probed.size > 0) {
        this.#probed.clear()
        continue
      }
      if (due.length === 0) await this.#changed.wait(await this.#idleMs(at))
    }
  }

  /** How long nothing will be due by itself. */
  async #idleMs(now: number): Promise<number> {
    const { notBefore } = this.standing
    // One in flight was due before: it must not hide what falls due while it takes its time.
    const dueAt = notBefore > now ? notBefore : await this.given.store.nextDueAt(this.name, now)
    return Math.min((dueAt ?? Number.POSITIVE_INFINITY) - now, lookAgainMs)
  }

  #start(delivery: Delivery): void {
    const done = this.#deliver(delivery).finally(() => {
      this.#inFlight.delete(delivery.id)
      this.#changed.give()
    })
    this.#inFlight.set(delivery.id, done)
  }

  /** One delivery from its bytes to its settlement. */
  async #deliver(delivery: Delivery): Promise<void> {
    const probes = this.standing.state !== "up"
    const { carry, store } = this.given
    const { id, message } = delivery
    const carried = await carry(
      { destination: this.name, key: `${store.epoch}-${id}`, message },
      (resources) => store.known(this.name, resources),
      this.#abort.signal,
    )
    const { outcome, asked } = carried
    if (!asked) return this.#settle(delivery, carried)
    // Closing broke it off: it stays pending and is sent again after the start.
    if (this.#abort.signal.aborted && outcome.outcome === "retry") return
    const { now, random, log } = this.given
    const before = this.standing
    const after = standingAfter(before, outcome, now(), random())
    // Those that were in flight when it went down say it once more: eight would make 5 minutes 1 h.
    if (probes || before.state === "up" || after.state === "up") this.standing = after
    const { state, reason } = this.standing
    if (state === "up") this.#probed.clear()
    else this.#probed.add(delivery.id)
    if (state !== before.state) log(`destination-${state}`, { destination: this.name, reason })
    await this.#settle(delivery, carried)
    if (state === before.state || state !== "up") return
    // With the disk full they stay due when they were; what matters more is that this goes on.
    await store.hurry(this.name).catch(() => undefined)
  }

  /** Until it is written the delivery stays in flight: to send it again would only double it. */
  async #settle(delivery: Delivery, { outcome, told, notes }: Carried): Promise<void> {
    const { now, random, store, log } = this.given
    const { id, destination, message, attempts } = delivery
    const at = now()
    const dueAt = outcome.outcome === "retry" ? at + nextTryMs(outcome, attempts, random()) : 0
    for (let tries = 1; !this.#abort.signal.aborted; tries++) {
      try {
        await store.settle(
          { id, destination, messageId: message.id },
          { outcome, dueAt, told, notes, at },
        )
        if (outcome.outcome !== "hold") return
        log("held", { destination, message: message.id, reason: outcome.reason })
        return
      } catch (error) {
        if (tries === 1) log("settling-waits-for-disk", { reason: (error as Error).message })
        await Bun.sleep(diskAgainMs)
      }
    }
  }
}
