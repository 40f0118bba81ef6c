import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { cpSync } from "node:fs"
import { join } from "node:path"
import type { Outcome } from "../../../src/message.ts"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { chanceFrom } from "../../fuzz/chance.ts"
import { storesOfThisFile } from "../stores.ts"
import { LaneModel, type Owed } from "./lane-model.ts"
import { delivered, dueFor, held, oweAll, settleAs } from "./owing.ts"

const { storeIn, close } = storesOfThisFile()
const seed = Number(process.env.WAYSTATION_SEED ?? Date.now() % 1e9)
const by = { by: "nurse", at: 5 }

/** One history: what happened in the store, and in the model beside it. */
class History {
  readonly model = new LaneModel()
  readonly chance: (below: number) => number
  folder = temporaryFolder()
  now = 0
  private opened: Store | undefined

  constructor(seed: number) {
    this.chance = chanceFrom(seed)
  }

  get store(): Store {
    if (!this.opened) throw new Error("the store is not open")
    return this.opened
  }

  async open(blocks: boolean): Promise<void> {
    this.opened = await storeIn(this.folder)
    await this.store.blocking(new Set(blocks ? ["central"] : []))
    this.model.blocks = blocks
    this.model.crash()
  }

  /** The box loses its power: what it has on disk goes on, in flight is nothing. */
  async restart(): Promise<void> {
    const crashed = this.folder
    if (this.chance(2) === 0) this.folder = temporaryFolder()
    // The lock would be copied as it is held.
    const filter = (path: string) => !path.endsWith("/lock")
    if (this.folder !== crashed) cpSync(crashed, this.folder, { recursive: true, filter })
    await close(this.store)
    await this.open(this.chance(3) === 0 ? !this.model.blocks : this.model.blocks)
  }

  async arrive(): Promise<void> {
    const messages = Array.from({ length: this.chance(5) }, () => ({
      subjects: Array.from({ length: [1, 1, 1, 2, 3][this.chance(5)] ?? 1 }, () => this.patient()),
      urgent: this.chance(6) === 0,
    }))
    await oweAll(this.store, messages)
    for (const { subjects } of messages) this.model.arrive(subjects)
  }

  patient = () => `P${this.chance(6)}`

  /** Asks what is due, which must be what the rules say, and puts it in flight. */
  async next(limit: number): Promise<void> {
    const except = this.model.inFlight().map(({ id }) => id)
    const due = this.model.due(this.now)
    const found = await dueFor(this.store, { now: this.now, except, limit })
    const ids = due.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(found.map(({ id }) => id)))
    expect(found.length).toBe(Math.min(limit, ids.length))
    for (const { id, createOnly } of found) {
      const owed = this.model.of(id)
      expect({ id, createOnly }).toEqual({ id, createOnly: this.model.isCreateOnly(owed) })
      owed.inFlight = true
    }
  }

  async settle(outcome: Outcome): Promise<void> {
    const flying = this.model.inFlight()
    const one = flying[this.chance(flying.length || 1)]
    if (!one) return
    const dueAt = outcome.outcome === "retry" ? this.now + 3 : 0
    await settleAs(this.store, { id: one.id, message: { id: one.id } }, outcome, dueAt)
    one.inFlight = false
    if (outcome.outcome === "delivered") {
      one.state = "delivered"
      one.arrived = true
    }
    if (one.state !== "pending") return
    if (outcome.outcome === "hold") one.state = "held"
    else one.dueAt = dueAt
  }

  async replay(): Promise<void> {
    const [force, some] = [this.chance(3) === 0, this.some(3)]
    const replayed = some.filter(({ state }) => state !== "pending")
    const which = { ids: some.map(({ id }) => id) }
    expect(await this.store.tank.replay(which, { ...by, force })).toBe(replayed.length)
    for (const one of replayed) this.model.replay(one, force)
  }

  async replayHeld(): Promise<void> {
    const replayed = this.model.inState("held")
    expect(await this.store.tank.replay({}, by)).toBe(replayed.length)
    for (const id of replayed) this.model.replay(this.model.of(id), false)
  }

  async discard(): Promise<void> {
    const some = this.some(2)
    const discarded = some.filter(({ state }) => state === "pending" || state === "held")
    const which = { ids: some.map(({ id }) => id) }
    const reason = "sent by mistake"
    expect(await this.store.tank.discard(which, { ...by, reason })).toBe(discarded.length)
    for (const one of discarded) one.state = "discarded"
  }

  some(most: number): Owed[] {
    const count = this.model.all.length
    const ids = Array.from({ length: 1 + this.chance(most) }, () => 1 + this.chance(count || 1))
    return count === 0 ? [] : [...new Set(ids)].map((id) => this.model.of(id))
  }

  async step(): Promise<void> {
    this.now++
    const retry: Outcome = { outcome: "retry", reason: "down" }
    const outcomes = [delivered, delivered, delivered, retry, held, held]
    const pause: Outcome = { outcome: "pause", reason: "401" }
    const roll = this.chance(24)
    if (roll < 5) return this.arrive()
    if (roll < 10) return this.next(1 + this.chance(8))
    if (roll < 18) return this.settle(outcomes[this.chance(6)] ?? pause)
    if (roll < 19) return this.settle(pause)
    if (roll < 21) return this.replay()
    if (roll < 22) return this.replayHeld()
    return roll < 23 ? this.discard() : this.restart()
  }

  /** From here on all goes well: whatever was owed must arrive. */
  async drain(): Promise<void> {
    for (let round = 0; this.model.inState("pending").length > 0; round++) {
      this.now += 10
      await this.next(8)
      if (this.model.inFlight().length === 0) await this.replayHeld()
      while (this.model.inFlight().length > 0) await this.settle(delivered)
      expect(round).toBeLessThan(1000)
    }
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  "whatever happens in whatever order, each patient's messages keep theirs and all arrive: %d",
  async (nth) => {
    console.log(`seed ${seed}, history ${nth}`)
    const history = new History(seed + nth)
    await history.open(nth % 2 === 0)
    for (let step = 0; step < 250; step++) await history.step()
    await history.drain()
    const { store, model, folder } = history
    for (const state of ["pending", "held", "delivered", "discarded"] as const) {
      const { deliveries } = await store.tank.page({ state }, { limit: 10_000 })
      expect(deliveries.map(({ id }) => id).reverse()).toEqual(model.inState(state))
      expect((await store.counts()).destinations.central?.[state]).toBe(deliveries.length)
    }
    await store.blocking(new Set())
    const database = new Database(join(folder, "waystation.db"), { readonly: true })
    expect(database.query("SELECT count(*) AS n FROM lane").get()).toEqual({ n: 0 })
    expect(database.query("SELECT sum(ahead) AS n FROM delivery").get()).toEqual({ n: 0 })
    database.close()
  },
)
