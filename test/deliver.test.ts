import { expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { openCarrying } from "../src/carry.ts"
import { openDelivering } from "../src/deliver.ts"
import type { Outcome } from "../src/message.ts"
import { openStore } from "../src/store/index.ts"
import { temporaryFolder } from "./build.ts"

const minute = 60_000
const bundle: Bundle = { resourceType: "Bundle", type: "transaction", entry: [{}] }

/** Delivers to one destination that answers by the message's text, under a clock of the test's. */
async function delivering(
  answer: (text: string) => Outcome | Promise<Outcome>,
  { concurrency = 8, now = undefined as (() => number) | undefined } = {},
) {
  const store = await openStore(temporaryFolder())
  const clock = { now: 1_700_000_000_000 }
  let sent = 0
  const room = openDelivering({
    store,
    owed: ({ source }) => (source === "lab" ? ["central"] : []),
    carry: openCarrying({
      owned: () => [],
      map: () => ({ bundle, notes: [], told: [] }),
      check: () => [],
      outlets: {
        central: {
          takes: "bundle",
          send: async ({ message }) => {
            sent++
            return answer(Buffer.from(message.bytes).toString().trimEnd())
          },
        },
      },
    }),
    destinations: { central: { concurrency } },
    basis: () => "",
    log: () => {},
    now: now ?? (() => clock.now),
    random: () => 0.5,
  })
  room.start()
  const receive = async (text: string, source = "lab", size = 0) => {
    const bytes = Buffer.from(text.padEnd(size))
    const read = { type: "T", controlId: text, subjects: [text] }
    await store.append({ source, peer: "", receivedAt: clock.now, bytes, ...read })
    room.wake()
  }
  return {
    room,
    receive,
    tank: store.tank,
    sent: () => sent,
    now: () => clock.now,
    counts: async () => (await store.counts()).destinations.central,
    standing: () => room.standing("central"),
    /** Lets time pass; a message that nobody is owed makes the line look. */
    async pass(ms: number) {
      clock.now += ms
      await receive(`tick ${clock.now}`, "clock")
      await Bun.sleep(60)
    },
    async close() {
      await room.close(0)
      await store.close()
    },
  }
}

const failing: Outcome = { outcome: "retry", reason: "answered 500" }

test("two messages that central always fails on do not keep the others from it", async () => {
  const line = await delivering((text) =>
    text.startsWith("bad") ? failing : { outcome: "delivered", receipt: { status: 200 } },
  )
  await line.receive("bad 1")
  await line.receive("bad 2")
  for (let passed = 0; passed < 8; passed++) await line.pass(5 * minute)
  expect(line.standing().state).toBe("down")
  await line.receive("good")
  for (let passed = 0; passed < 8; passed++) await line.pass(5 * minute)
  expect(await line.counts()).toMatchObject({ pending: 2, delivered: 1 })
  await line.close()
})

test("a central that says Retry-After: 0 is not asked without a pause", async () => {
  const line = await delivering(() => ({ ...failing, afterMs: 0 }))
  await line.receive("x")
  await Bun.sleep(500)
  expect(line.sent()).toBeLessThan(5)
  await line.close()
})

test.each([
  ["401", { outcome: "pause", reason: "answered 401" } as const, 5 * minute],
  ["503", { outcome: "retry", reason: "answered 503" } as const, 1_000],
])(
  "a %s to all that are in flight at once is waited for as one is",
  async (_code, answer, most) => {
    const line = await delivering(() => answer, { concurrency: 16 })
    // Together, so that they are followed together and all are in flight before the first answer.
    await Promise.all(Array.from({ length: 16 }, (_, count) => line.receive(`${count}`)))
    while ((await line.counts())?.pending !== 16 || line.sent() < 16) await Bun.sleep(5)
    await Bun.sleep(0)
    expect(line.standing().notBefore - line.now()).toBeLessThanOrEqual(most)
    await line.close()
  },
)

test("a next try is made in time while central takes long over another message", async () => {
  const tries: string[] = []
  const again = Promise.withResolvers<void>()
  const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
  const line = await delivering(
    async (text) => {
      tries.push(text)
      const first = tries.filter((one) => one === text).length === 1
      if (first) return { ...failing, afterMs: text === "slow" ? 1 : 200 }
      if (text === "slow") await again.promise
      else again.resolve()
      return delivered
    },
    { now: Date.now },
  )
  await line.receive("slow")
  await line.receive("quick")
  await again.promise
  expect(tries).toEqual(["slow", "quick", "slow", "quick"])
  await line.close()
})

test("a destination that throws is asked again with a pause, like one that fails", async () => {
  const line = await delivering(() => {
    throw new Error("connection refused")
  })
  await line.receive("x")
  await Bun.sleep(300)
  expect(line.sent()).toBe(1)
  expect(await line.counts()).toMatchObject({ pending: 1 })
  await line.close()
})

test("a wrong profile at central does not empty the backlog into the holding tank", async () => {
  const line = await delivering(() => ({ outcome: "hold", reason: "answered 422" }))
  for (let count = 0; count < 60; count++) await line.receive(`${count}`)
  while (line.standing().state !== "paused") await Bun.sleep(5)
  expect(line.standing().since).toBe(line.now())
  await Bun.sleep(100)
  expect(await line.counts()).toMatchObject({ held: 19, pending: 41 })
  expect(line.standing().reason).toBe("it refused 20 messages in a row: answered 422")
  await line.close()
})

test("a message that conflicts is tried again with nothing else in flight", async () => {
  let inFlight = 0
  const beside: number[] = []
  const line = await delivering(
    async (text) => {
      inFlight++
      if (text === "0" && beside.push(inFlight - 1) === 1) await Bun.sleep(20)
      await Bun.sleep(1)
      inFlight--
      if (text !== "0" || beside.length > 3)
        return { outcome: "delivered", receipt: { status: 200 } }
      return { ...failing, reason: "answered 409", afterMs: 1, doubt: "conflict" }
    },
    { now: Date.now },
  )
  for (let count = 0; count < 100; count++) await line.receive(`${count}`)
  while ((await line.counts())?.delivered !== 100) await Bun.sleep(5)
  expect(beside.slice(1)).toEqual([0, 0, 0])
  await line.close()
})

test("a person pauses a destination, tries it with one delivery, and resumes it", async () => {
  let answer: Outcome = { outcome: "pause", reason: "answered 401" }
  const line = await delivering(() => answer)
  line.room.pause("central", "paused by ada: server moves")
  for (let count = 0; count < 3; count++) await line.receive(`${count}`)
  await Bun.sleep(60)
  expect(line.sent()).toBe(0)
  expect(line.standing()).toMatchObject({ state: "paused", reason: "paused by ada: server moves" })
  line.room.resume("central")
  while (line.standing().state !== "paused") await Bun.sleep(5)
  answer = { outcome: "delivered", receipt: { status: 200 } }
  line.room.probe("central")
  while ((await line.counts())?.delivered !== 3) await Bun.sleep(5)
  expect(line.standing().state).toBe("up")
  await line.close()
})

test.each(["paused", "discarded"])(
  "a message that waits to be sent alone is not sent after all once it is %s",
  async (decided) => {
    const slow = Promise.withResolvers<void>()
    const tries: string[] = []
    const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
    const line = await delivering(
      async (text) => {
        tries.push(text)
        if (text === "slow") await slow.promise
        if (text !== "met") return delivered
        return { ...failing, reason: "answered 409", afterMs: 1, doubt: "conflict" }
      },
      { now: Date.now },
    )
    await line.receive("slow")
    await line.receive("met")
    while (!(await line.tank.one(2))?.attempts) await Bun.sleep(5)
    await Bun.sleep(50)
    if (decided === "paused") line.room.pause("central", "by ada: server moves")
    else await line.tank.discard({ ids: [2] }, { by: "ada", at: 1, reason: "sent by hand" })
    slow.resolve()
    while ((await line.counts())?.delivered !== 1) await Bun.sleep(5)
    await Bun.sleep(50)
    expect(tries).toEqual(["slow", "met"])
    await line.close()
  },
)

test("large messages are in flight a few at a time, and the largest goes alone", async () => {
  const inFlight = new Set<string>()
  const together = new Set<string>()
  const line = await delivering(async (text) => {
    inFlight.add(text)
    together.add([...inFlight].join())
    await Bun.sleep(30)
    inFlight.delete(text)
    return { outcome: "delivered", receipt: { status: 200 } }
  })
  const mebibytes = Object.entries({ a: 3, b: 3, c: 3, d: 9, e: 1, f: 1 })
  await Promise.all(mebibytes.map(([text, size]) => line.receive(text, "lab", size * 1024 ** 2)))
  while ((await line.counts())?.delivered !== 6) await Bun.sleep(5)
  const most = [...together].map((texts) => texts.split(",").length)
  expect(Math.max(...most)).toBe(2)
  expect([...together].filter((texts) => texts.includes("d"))).toEqual(["d"])
  await line.close()
})
