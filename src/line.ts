import type { Carried, Carry } from "./carry.ts"
import { diskAgainMs, diskReason } from "./disk.ts"
import { Doubts } from "./doubt.ts"
import { lookAgainMs } from "./follow.ts"
import type { Cause, Delivery, Log } from "./message.ts"
import { type Pace, paceMs } from "./pace.ts"
import {
  inFlightMax,
  judge,
  nextTryMs,
  patienceMs,
  type Standing,
  standingAfter,
  upright,
} from "./retry.ts"
import { Signal } from "./signal.ts"
import type { Store } from "./store/index.ts"

/** What a line works with. */
export interface Lined {
  store: Store
  carry: Carry
  /** The digest of what of the configuration may hold a delivery to a destination. */
  basis: (destination: string, cause: Cause) => string
  log: Log
  now: () => number
  random: () => number
}

/** How deliveries leave for a destination. */
export interface Bearing {
  /** So many at once. */
  concurrency: number
  /** The longest wait between two tries, in ms; five minutes where left out. */
  retryMax?: number | undefined
}

/** How a destination stands, and since when by the box's clock where that ever changed. */
export type Stands = Standing & { since: number | undefined }

/**
 * So many bytes of messages are in flight at once; a larger message goes alone. Mapping and sending
 * take ten times that: eight reports of 10 MB with pictures took 0.8 GB, and a box that has less
 * would end on them after each start.
 */
const bytesMax = 2 * 1024 ** 2

/** How long a delivery that is broken off may take to notice. */
const heedMs = 1_000

/** The deliveries to one destination: as many at once as it bears, in order inside each lane. */
export class Line {
  standing: Standing = upright
  readonly #inFlight = new Map<number, Promise<void>>()
  /** Of those in flight; what is larger than may be counts as that. */
  #bytes = 0
  /** Tried since it went down: the probes go round, or one bad message would be them all. */
  readonly #probed = new Set<number>()
  readonly #doubts = new Doubts()
  readonly #changed = new Signal()
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined
  #closing = false
  /** Why a person has paused it. */
  #paused: string | undefined
  /** When its state last changed. */
  #since: number | undefined

  constructor(
    readonly name: string,
    readonly bearing: Bearing,
    readonly given: Lined,
    readonly pace: Pace,
  ) {}

  start(): void {
    this.#running = this.#run()
  }

  wake(): void {
    this.#changed.give()
  }

  /** How it stands, a person's pause before all else. */
  stands(): Stands {
    const stands = { ...this.standing, since: this.#since }
    if (this.#paused === undefined) return stands
    return { ...stands, state: "paused", reason: this.#paused }
  }

  pause(reason: string): void {
    this.#paused = reason
  }

  resume(): void {
    this.#paused = undefined
    this.#stand(upright)
    this.wake()
  }

  probe(): void {
    this.standing = { ...this.standing, notBefore: 0 }
    this.wake()
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.wake()
    let timer: Timer | undefined
    // One that does not heed the signal must not keep the store open for ever.
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#abort.abort()
        timer = setTimeout(resolve, heedMs)
      }, graceMs)
    })
    const ended = this.#running?.then(() => Promise.all(this.#inFlight.values()))
    await Promise.race([ended, over])
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      // One time for both questions: what falls due between them would be found by neither.
      const at = this.given.now()
      const free = this.#bears(at)
      const paced = Math.min(free, this.pace.left(performance.now()))
      if (free > 0 && paced < 1) {
        await Bun.sleep(paceMs)
        continue
      }
      const due = free > 0 ? await this.#next(at, paced) : []
      if (due.length > 0) await this.#startAll(due)
      else if (free > 0 && this.#probed.size > 0) this.#probed.clear()
      else await this.#changed.wait(await this.#idleMs(at))
    }
  }

  /** How many more may be in flight. */
  #bears(at: number): number {
    if (this.#paused !== undefined) return 0
    return inFlightMax(this.standing, this.bearing.concurrency, at) - this.#inFlight.size
  }

  #next(now: number, limit: number): Promise<Delivery[]> {
    const except = new Set([...this.#inFlight.keys(), ...this.#probed])
    const bytes = { left: bytesMax - this.#bytes, max: bytesMax }
    return this.given.store.next(this.name, { now, patienceMs, limit, except, bytes })
  }

  /** One that is to go alone waits until nothing is in flight, and the others wait for it. */
  async #startAll(due: readonly Delivery[]): Promise<void> {
    const alone = due.find(({ id }) => this.#doubts.isAlone(id))
    if (!alone) {
      this.pace.take(due.length)
      for (const delivery of due) this.#start(delivery)
      return
    }
    // Meanwhile it may be discarded, or the destination paused: it is asked for again.
    if (this.#inFlight.size > 0) return void (await Promise.all(this.#inFlight.values()))
    this.#start(alone)
    await this.#inFlight.get(alone.id)
  }

  /** How long nothing will be due by itself. */
  async #idleMs(now: number): Promise<number> {
    if (this.#inFlight.size >= this.bearing.concurrency) return lookAgainMs
    const { notBefore } = this.standing
    // One in flight was due before: it must not hide what falls due while it takes its time.
    const dueAt = notBefore > now ? notBefore : await this.given.store.nextDueAt(this.name, now)
    return Math.min((dueAt ?? Number.POSITIVE_INFINITY) - now, lookAgainMs)
  }

  #start(delivery: Delivery): void {
    const bytes = Math.min(delivery.message.bytes.length, bytesMax)
    this.#bytes += bytes
    const done = this.#deliver(delivery).finally(() => {
      this.#bytes -= bytes
      this.#inFlight.delete(delivery.id)
      this.#changed.give()
    })
    this.#inFlight.set(delivery.id, done)
  }

  /** One delivery from its bytes to its settlement. */
  async #deliver(delivery: Delivery): Promise<void> {
    const probes = this.standing.state !== "up"
    const { carry, store, now, random } = this.given
    const { id, message, createOnly } = delivery
    const newer = createOnly ? await store.newer(delivery) : []
    const carried = await carry(
      { destination: this.name, key: `${store.epoch}-${id}`, message, newer },
      (resources) => store.known(this.name, resources),
      this.#abort.signal,
    )
    const judged = this.#doubts.judge(id, carried.outcome)
    if (carried.heldBy) return this.#settle(delivery, { ...carried, outcome: judged })
    // Closing broke it off: it stays pending and is sent again after the start.
    if (this.#abort.signal.aborted && judged.outcome === "retry") return
    const outcome = judge(judged, this.standing)
    const before = this.standing
    const after = standingAfter(before, outcome, now(), random(), this.bearing.retryMax)
    // Those that were in flight when it went down say it once more: eight would make 5 minutes 1 h.
    if (probes || before.state === "up" || after.state === "up") this.#stand(after)
    if (this.standing.state !== "up") this.#probed.add(id)
    await this.#settle(delivery, { ...carried, outcome })
    if (before.state === "up" || this.standing.state !== "up") return
    // With the disk full they stay due when they were; what matters more is that this goes on.
    await store.hurry(this.name).catch(() => undefined)
  }

  #stand(standing: Standing): void {
    const before = this.standing.state
    this.standing = standing
    const { state, reason } = standing
    if (state === "up") this.#probed.clear()
    if (state === before) return
    this.#since = this.given.now()
    this.given.log(`destination-${state}`, { destination: this.name, reason })
  }

  /** Until it is written the delivery stays in flight: to send it again would only double it. */
  async #settle(delivery: Delivery, carried: Carried): Promise<void> {
    const { outcome, heldBy: cause = "destination", told, notes, unmapped, record } = carried
    const { now, random, store, log } = this.given
    const basis = this.given.basis(this.name, cause)
    const { id, destination, message, attempts } = delivery
    const at = now()
    const retries = outcome.outcome === "retry"
    const dueAt = retries ? at + nextTryMs(outcome, attempts, random(), this.bearing.retryMax) : 0
    for (let tries = 1; !this.#abort.signal.aborted; tries++) {
      try {
        await store.settle(
          { id, destination, messageId: message.id },
          { outcome, dueAt, told, notes, unmapped, record, at, cause, basis },
        )
        if (outcome.outcome !== "hold") return
        log("held", { destination, message: message.id, reason: outcome.reason })
        return
      } catch (error) {
        const reason = diskReason(error)
        if (tries === 1) log("settling-waits-for-disk", { reason })
        await Bun.sleep(diskAgainMs)
      }
    }
  }
}
