import { afterEach, expect, test } from "bun:test"
import { join } from "node:path"
import { faultOf } from "../../src/carrier/fault.ts"
import type { Carrier } from "../../src/carrier/here.ts"
import { openCarrierThread } from "../../src/carrier/remote.ts"
import type { Carrying } from "../../src/carry.ts"
import { openDelivering } from "../../src/deliver.ts"
import { openStore } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"

const never = new AbortController().signal
const opened: Carrier[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

/** A carrier whose thread does what each message says; `look` is time that passes. */
function carrierOver() {
  const logged: string[] = []
  let look = () => {}
  const carrier = openCarrierThread(
    { site: { id: "test-clinic", timezone: "UTC" }, source: {}, destination: {} },
    (event, fields) => logged.push(`${event} ${JSON.stringify(fields)}`),
    {
      url: join(import.meta.dir, "../fake/carrier-thread.ts"),
      watch(given) {
        look = given
        return () => {}
      },
    },
  )
  opened.push(carrier)
  const carry = (text: string, key = text) => carrier.carry(carrying(text, key), nothing, never)
  return { carrier, carry, logged, look: () => look() }
}

const nothing = async () => []

function carrying(text: string, key: string): Carrying {
  const about = { id: 1, source: "lab", peer: "", receivedAt: 0, type: "ORU^R01" }
  const message = { ...about, bytes: Buffer.from(text) }
  return { destination: "central", key, message, newer: [] }
}

test.each([["crash"], ["exit"]])(
  "of the messages on a thread that ends by %s, only the one that ended it is in doubt",
  async (end) => {
    const { carry, logged } = carrierOver()
    const carried = await Promise.all([carry("slow", "1"), carry(end, "2"), carry("slow", "3")])
    const outcomes = carried.map(({ outcome }) => outcome.outcome)
    expect(outcomes.join()).toBe("delivered,retry,delivered")
    expect(carried[1]).toMatchObject({ heldBy: "map", outcome: { doubt: "fault" } })
    expect(logged.map((line) => /"deliveries":\d/.exec(line)?.[0])).toEqual([
      ...['"deliveries":3', '"deliveries":1'],
    ])
  },
)

test("a message that has ended a thread takes no other along when it is tried again", async () => {
  const { carry, logged } = carrierOver()
  await carry("crash", "1")
  const [, slow] = await Promise.all([carry("crash", "1"), carry("slow", "2")])
  expect(slow.outcome.outcome).toBe("delivered")
  expect(logged.every((line) => line.includes('"deliveries":1'))).toBe(true)
  // Once it went through it is like any other: the two are on one thread again.
  await carry("mended", "1")
  await Promise.all([carry("slow", "2"), carry("crash", "1")])
  expect(logged.some((line) => line.includes('"deliveries":2'))).toBe(true)
})

test("a map that never ends is ended after a minute without a sign of life", async () => {
  const { carry, logged, look } = carrierOver()
  await carry("good")
  const stuck = carry("loop")
  for (let looks = 0; looks < 7; looks++) look()
  const ended = "the carrier's thread ended: it gave no sign of life for 60 s"
  const reason = `it could not be mapped and sent (${ended})`
  expect((await stuck).outcome).toEqual({ outcome: "retry", reason, doubt: "fault" })
  expect(logged).toEqual([
    'carrier-ended {"reason":"it gave no sign of life for 60 s","deliveries":1}',
  ])
  expect((await carry("good")).outcome.outcome).toBe("delivered")
})

test("a thread that only waits for a slow destination is left alone", async () => {
  const { carry, logged, look } = carrierOver()
  const slow = carry("slow")
  for (let looks = 0; looks < 5; looks++) look()
  // Behind the pings: with its answer, theirs have come too.
  await carry("good")
  for (let looks = 0; looks < 5; looks++) look()
  expect((await slow).outcome.outcome).toBe("delivered")
  expect(logged).toEqual([])
})

test("a gateway that stops does not wait for a map that never ends", async () => {
  const { carrier, carry } = carrierOver()
  const stuck = carry("loop")
  await carrier.close()
  expect((await stuck).outcome.outcome).toBe("retry")
})

test("what ended a thread is told by its name and place, and by no patient's name", () => {
  const quoting = new TypeError("'DOE^JANE' is no date\n    at JANE")
  expect(faultOf(quoting)).toMatch(/^TypeError at .*remote\.test\.ts:\d+:\d+\)?$/)
  expect(faultOf(new Error("no kind x"))).toMatch(/^no kind x at .*remote\.test\.ts/)
  expect(faultOf("DOE^JANE")).toBe("something that is no error was thrown")
})

test("the text of what a thread throws stands in neither the log nor the reason", async () => {
  const { carry, logged } = carrierOver()
  const carried = await carry("crash")
  expect(JSON.stringify([carried, logged])).not.toContain("DOE")
})

test.each([["crash"], ["fail"]])(
  "a message whose map ends in a %s is held at the fifth time while others go through",
  async (end) => {
    const store = await openStore(temporaryFolder())
    const { carrier } = carrierOver()
    const clock = { now: 1_700_000_000_000 }
    const room = openDelivering({
      ...{ store, carry: carrier.carry, destinations: { central: { concurrency: 2 } } },
      ...{ owed: () => ["central"], basis: (_name, cause) => cause, log: () => {} },
      ...{ now: () => clock.now, random: () => 0.5 },
    })
    room.start()
    const receive = async (text: string, controlId: string) => {
      const read = { type: "T", controlId, subjects: [controlId] }
      const bytes = Buffer.from(text)
      await store.append({ source: "lab", peer: "", receivedAt: clock.now, bytes, ...read })
      room.wake()
    }
    const counts = async () => (await store.counts()).destinations.central
    await receive(end, "bad")
    for (let tried = 1; tried <= 5; tried++) {
      while ((await store.tank.one(1))?.attempts !== tried) await Bun.sleep(5)
      expect(room.standing("central")).toMatchObject({ state: "up", failures: 0 })
      await receive("good", `good ${tried}`)
      while ((await counts())?.delivered !== tried) await Bun.sleep(5)
      clock.now += 300_000
      await receive("good", "tick")
    }
    expect(await store.tank.one(1)).toMatchObject({
      ...{ state: "held", cause: "map" },
      reason: expect.stringMatching(/^it could not be mapped .*, 5 times while others went/),
    })
    await room.close(0)
    await store.close()
  },
)
