import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test"
import { frame } from "../../../src/hl7/frame.ts"
import { InFlight } from "../../../src/source/index.ts"
import { oru } from "../../build.ts"
import type { MllpSender } from "../../fake/mllp-sender.ts"
import { listener } from "./listener.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const lab = listener()
const KiB = 1024

// Timers are the test's, sockets are real.
beforeEach(async () => {
  jest.useFakeTimers()
  lab.inFlight = new InFlight(lab.log, 1024 * KiB)
  await lab.reopen({})
})

const senders = (count: number) => Promise.all(Array.from({ length: count }, lab.sender))
const large = (controlId: string, bytes: number) =>
  frame(oru({ controlId, value: "9".repeat(bytes) }))
const events = () => lab.events.map(({ event }) => event)

async function answered(one: MllpSender, controlId: string): Promise<void> {
  one.send(oru({ controlId }))
  expect(await one.answer()).toBe(`AA ${controlId}`)
}

/** Exchanges with somebody else until `done`, which other connections bring about. */
async function until(done: () => boolean): Promise<void> {
  for (let at = 0; at < 1_000 && !done(); at++) await lab.meanwhile()
  expect(done()).toBe(true)
}

describe("150 senders that stall", () => {
  test("inside a frame stop no honest one, be its message small or large", async () => {
    for (const one of await senders(150)) one.write(large("HALF", 20 * KiB).subarray(0, 10 * KiB))
    await until(() => events().includes("intake-waits"))
    const honest = await lab.sender()
    await answered(honest, "SMALL")
    honest.write(large("LARGE", 600 * KiB))
    expect(await honest.answer()).toBe("AA LARGE")
  }, 30_000)

  test("because they read no answers stop no honest one", async () => {
    const name = "N".repeat(64 * KiB)
    const deaf = await senders(150)
    for (const one of deaf) {
      one.socket.pause()
      for (let at = 0; at < 8; at++) one.send(oru({ sender: name }))
    }
    const honest = await lab.sender()
    for (let at = 0; at < 20; at++) await answered(honest, `H-${at}`)
    for (const one of deaf) one.reset()
  }, 30_000)
})

describe("while the disk hangs", () => {
  const handedBytes = () => lab.core.handed.reduce((sum, { bytes }) => sum + bytes.length, 0)

  test("no more is read than there is room for, and all is answered in the end", async () => {
    lab.core.decides = "when told"
    const busy = await senders(8)
    const ids = busy.flatMap((_one, at) => Array.from({ length: 8 }, (_, n) => `${at}-${n}`))
    busy.forEach((one, at) => {
      for (let n = 0; n < 8; n++) one.write(large(`${at}-${n}`, 100 * KiB))
    })
    await lab.core.counted(10)
    for (let at = 0, before = -1; at < 20; at++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (handedBytes() > before) at = 0
      before = handedBytes()
    }
    expect(handedBytes()).toBeGreaterThanOrEqual(1024 * KiB)
    expect(handedBytes()).toBeLessThan(2048 * KiB)
    lab.core.decides = "at once"
    for (const id of lab.handedIds()) lab.core.decide(id)
    for (const [at, one] of busy.entries()) {
      for (let n = 0; n < 8; n++) expect(await one.answer()).toBe(`AA ${at}-${n}`)
    }
    expect(lab.handedIds().toSorted()).toEqual(ids.toSorted())
    expect(lab.events).toMatchObject([{ event: "intake-waits", why: "messages wait for the disk" }])
  })

  test("one connection gets no further than 4 MiB, whatever room there is", async () => {
    lab.inFlight = new InFlight(lab.log)
    await lab.reopen({})
    lab.core.decides = "when told"
    const one = await lab.sender()
    for (let n = 0; n < 8; n++) one.write(large(`${n}`, 1500 * KiB))
    await lab.core.counted(3)
    await lab.meanwhile(20)
    expect(lab.handedIds()).toEqual(["0", "1", "2"])
    lab.core.decides = "at once"
    for (const id of lab.handedIds()) lab.core.decide(id)
    for (let n = 0; n < 8; n++) expect(await one.answer()).toBe(`AA ${n}`)
  })
})

describe("many large messages that begin at once", () => {
  test("and stall give way after 2 s to one that goes on", async () => {
    for (const one of await senders(5)) one.write(large("HALF", 400 * KiB).subarray(0, 300 * KiB))
    await until(() => events().includes("intake-waits"))
    const honest = await lab.sender()
    honest.write(large("LARGE", 600 * KiB))
    await lab.meanwhile(20)
    expect([honest.waiting(), events()]).toEqual([0, ["intake-waits"]])
    for (let at = 0; at < 5; at++) {
      jest.advanceTimersByTime(3_000)
      await lab.meanwhile()
    }
    expect(await honest.answer()).toBe("AA LARGE")
    expect(events()).toContain("frame-stalled")
  })

  test("take turns, and all are answered", async () => {
    const all = await senders(6)
    const frames = all.map((_one, at) => large(`${at}`, 500 * KiB))
    all.forEach((one, at) => {
      one.write(frames[at]?.subarray(0, 200 * KiB) ?? "")
    })
    await until(() => events().includes("intake-waits"))
    all.forEach((one, at) => {
      one.write(frames[at]?.subarray(200 * KiB) ?? "")
    })
    for (const [at, one] of all.entries()) expect(await one.answer()).toBe(`AA ${at}`)
    expect(events()).toEqual(["intake-waits"])
  })

  test("are put aside beyond twice the room, and their senders hung up on", async () => {
    const all = await senders(60)
    for (const one of all) one.write(large("HALF", 60 * KiB).subarray(0, 50 * KiB))
    await until(() => events().includes("frame-given-up"))
    const gone = lab.events.filter(({ event }) => event === "frame-given-up")
    const put = lab.core.handed.filter(({ read }) => "malformed" in read)
    expect(put).toHaveLength(gone.length)
    expect(put[0]?.read).toMatchObject({ malformed: { reason: "room ran out inside a frame" } })
    await answered(await lab.sender(), "SMALL")
  })

  test("leave their room to others when their listener is closed", async () => {
    const leaving = await lab.sender()
    leaving.write(large("HALF", 900 * KiB).subarray(0, 800 * KiB))
    await lab.meanwhile(20)
    await lab.reopen({})
    const one = await lab.sender()
    one.write(large("LARGE", 600 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
    expect(events()).toEqual([])
  })

  test("one as large as all the room goes through", async () => {
    const one = await lab.sender()
    one.write(large("LARGE", 1500 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
  })

  test("one larger than twice the room goes through too", async () => {
    const one = await lab.sender()
    one.write(large("LARGE", 5000 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
  })
})
