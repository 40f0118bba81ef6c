/**
 * What every kind of destination must do, whatever it speaks. A kind joins with one line in
 * test/destination/index.test.ts and a far end that can be broken on purpose.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import * as v from "valibot"
import type { DestinationConfig, DestinationKind } from "../../src/destination/index.ts"
import type { Destination } from "../../src/message.ts"
import { registration } from "../destination/sending.ts"

/** The other end of a destination, real enough to connect to. */
export interface FarEnd {
  /** The section a person would write to send there. */
  section: Record<string, unknown>
  /** How many different things it was given to keep. */
  kept(): number
  set(fault: FarFault): Promise<void>
  /** Resolves when the next sending has come in. */
  asked(): Promise<unknown>
  close(): Promise<void>
}

/**
 * `gone`: nobody listens. `garbage`: it answers what makes no sense. `cut`: it breaks off before
 * doing anything. `lost`: it does what it was asked, and breaks off before saying so. `silent`:
 * it never answers. `slow`: it answers when the promise resolves.
 */
export type FarFault =
  | "none"
  | "gone"
  | "garbage"
  | "cut"
  | "lost"
  | "silent"
  | { slow: Promise<unknown> }

/** The faults by name. */
type FaultName = Exclude<FarFault, object | "none"> | "slow"

/** @param beyond what can't happen to this kind, each with why; those tests are left out */
export function destinationContract<Config extends DestinationConfig>(
  name: string,
  kind: DestinationKind<Config>,
  openFarEnd: () => Promise<FarEnd>,
  beyond: Partial<Record<FaultName, string>> = {},
): void {
  const testWith = (fault: FaultName, sentence: string, body: () => Promise<void>) => {
    if (beyond[fault] === undefined) test(sentence, body)
  }
  describe(`a destination of kind ${name}`, () => {
    let farEnd: FarEnd
    let destination: Destination

    const open = (changes: object = {}) => {
      const section = { ...farEnd.section, ...changes }
      const site = { id: "test", timezone: "Africa/Nairobi" }
      const surroundings = { site, log: () => {}, now: Date.now }
      return kind.open(name, v.parse(kind.config, section), surroundings)
    }
    beforeEach(async () => {
      farEnd = await openFarEnd()
      destination = open()
    })
    afterEach(async () => {
      await destination.close()
      await farEnd.close()
    })

    test("is known by its kind, and refuses a section with a misspelt key", () => {
      const section = { ...farEnd.section, misspelt: true }
      expect(v.safeParse(kind.config, { ...farEnd.section, kind: "nix" }).success).toBe(false)
      expect(v.safeParse(kind.config, section).success).toBe(false)
      expect(v.parse(kind.config, farEnd.section).concurrency).toBeGreaterThan(0)
    })
    keepsOnce(() => ({ farEnd, destination, open }), testWith)
    survives(() => ({ farEnd, destination, open }), testWith)
  })
}

/** What a test finds set up; asked for inside it, since it is another one for each. */
interface Opened {
  farEnd: FarEnd
  destination: Destination
  open(changes: object): Destination
}

type TestWith = (fault: FaultName, sentence: string, body: () => Promise<void>) => void

const never = new AbortController().signal

/** The delivery of that number: another one each, of another patient. */
const delivery = (id: number) => registration(`KSM-${id}`, id)

function keepsOnce(opened: () => Opened, testWith: TestWith): void {
  const send = (id = 1) => opened().destination.send(delivery(id), never)

  test("gives a receipt for what it delivered", async () => {
    expect(await send()).toMatchObject({ outcome: "delivered", receipt: {} })
    expect(opened().farEnd.kept()).toBeGreaterThan(0)
  })

  test("the same sending twice is kept once", async () => {
    await send()
    const once = opened().farEnd.kept()
    expect(await send()).toMatchObject({ outcome: "delivered" })
    expect(opened().farEnd.kept()).toBe(once)
    await send(2)
    expect(opened().farEnd.kept()).toBeGreaterThan(once)
  })

  testWith("lost", "a sending whose answer was lost is tried again, and kept once", async () => {
    await opened().farEnd.set("lost")
    expect(await send()).toMatchObject({ outcome: "retry" })
    const once = opened().farEnd.kept()
    expect(once).toBeGreaterThan(0)
    await opened().farEnd.set("none")
    expect(await send()).toMatchObject({ outcome: "delivered" })
    expect(opened().farEnd.kept()).toBe(once)
  })

  test("several at once are kept apart", async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(send))
    expect(outcomes.every(({ outcome }) => outcome === "delivered")).toBe(true)
    const four = opened().farEnd.kept()
    await send(1)
    expect(opened().farEnd.kept()).toBe(four)
  })
}

function survives(opened: () => Opened, testWith: TestWith): void {
  const send = () => opened().destination.send(delivery(1), never)

  for (const fault of ["gone", "garbage", "cut"] as const) {
    const sentence = `far end ${fault}: doubt is a retry that says why, and it resumes by itself`
    testWith(fault, sentence, async () => {
      await opened().farEnd.set(fault)
      const outcome = await send()
      expect(outcome).toMatchObject({
        outcome: "retry",
        reason: expect.stringMatching(/^[^\n]{10,}$/),
      })
      await opened().farEnd.set("none")
      expect(await send()).toMatchObject({ outcome: "delivered" })
    })
  }

  testWith("slow", "an answer that is slow, but in time, counts", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await opened().farEnd.set({ slow: promise })
    const asked = opened().farEnd.asked()
    const sent = send()
    await asked
    resolve()
    expect(await sent).toMatchObject({ outcome: "delivered" })
  })

  testWith("silent", "one that never answers is given up on after the timeout", async () => {
    await opened().farEnd.set("silent")
    const hasty = opened().open({ timeout: "50ms" })
    expect(await hasty.send(delivery(1), never)).toMatchObject({ outcome: "retry" })
    await hasty.close()
  })

  testWith("silent", "a signal ends the wait for an answer", async () => {
    await opened().farEnd.set("silent")
    const stop = new AbortController()
    const asked = opened().farEnd.asked()
    const sent = opened().destination.send(delivery(1), stop.signal)
    await asked
    stop.abort(new Error("the gateway is stopping"))
    expect(await sent).toMatchObject({ outcome: "retry" })
  })

  testWith("silent", "closing ends the wait for an answer", async () => {
    await opened().farEnd.set("silent")
    const asked = opened().farEnd.asked()
    const sent = send()
    await asked
    await opened().destination.close()
    expect(await sent).toMatchObject({ outcome: "retry" })
  })

  test("what went through, through an outage, and what comes after it is kept apart", async () => {
    const { destination, farEnd } = opened()
    await destination.send(delivery(1), never)
    const one = farEnd.kept()
    await farEnd.set("gone")
    expect(await destination.send(delivery(2), never)).toMatchObject({ outcome: "retry" })
    await farEnd.set("none")
    expect(farEnd.kept()).toBe(one)
    await destination.send(delivery(2), never)
    expect(farEnd.kept()).toBeGreaterThan(one)
    const two = farEnd.kept()
    await destination.send(delivery(1), never)
    expect(farEnd.kept()).toBe(two)
  })
}
