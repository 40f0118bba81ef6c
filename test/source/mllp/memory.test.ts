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
const put = () => lab.core.handed.filter(({ read }) => "malformed" in read)
const events = () => lab.events.map(({ event }) => event)

async function answered(one: MllpSender, controlId: string): Promise<void> {
  one.send(oru({ controlId }))
  expect(await one.answer()).toBe(`AA ${controlId}`)
}

/** Senders of 300 KiB each that have no more to say, and no room for all of it. */
async function stalled(count: number): Promise<void> {
  const all = await senders(count)
  for (const one of all) one.write(large("HALF", 400 * KiB).subarray(0, 300 * KiB))
  await until(() => events().includes("intake-waits"))
}

/** Exchanges with somebody else until `done`, which other connections bring about. */
async function until(done: () => boolean): Promise<void> {
  for (let at = 0; at < 1_000 && !done(); at++) await lab.meanwhile()
  expect(done()).toBe(true)
}

/** Writes down the most that all connections together held of messages begun. */
class Counted extends InFlight {
  most = 0
  #held = 0

  override begin(...[holder, bytes]: Parameters<InFlight["begin"]>): void {
    this.#held += bytes
    this.most = Math.max(this.most, this.#held)
    super.begin(holder, bytes)
  }
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
  test("and stall let one go on that is not silent", async () => {
    await stalled(5)
    const honest = await lab.sender()
    honest.write(large("LARGE", 600 * KiB))
    const from = performance.now()
    await until(() => {
      jest.advanceTimersByTime(20)
      return honest.waiting() > 0
    })
    expect(performance.now() - from).toBeLessThan(500)
    expect(await honest.answer()).toBe("AA LARGE")
  })

  test("and stall are put aside after 2 s, while one that is slow is answered", async () => {
    await stalled(12)
    const slow = await lab.sender()
    const whole = large("SLOW", 300 * KiB)
    for (let at = 0; at < whole.length; at += 10 * KiB) {
      slow.write(whole.subarray(at, at + 10 * KiB))
      await lab.meanwhile()
      jest.advanceTimersByTime(250)
      await lab.meanwhile()
    }
    expect(await slow.answer()).toBe("AA SLOW")
    expect(events()).toContain("frame-stalled")
    expect(put().length).toBe(events().filter((event) => event === "frame-stalled").length)
  })

  test("hold no more than twice the room besides the largest, however many there are", async () => {
    const counted = new Counted(lab.log, 1024 * KiB)
    lab.inFlight = counted
    await lab.reopen({})
    const all = await senders(40)
    const frames = all.map((_one, at) => large(`${at}`, 400 * KiB))
    for (let from = 0; from < 400 * KiB; from += 40 * KiB) {
      all.forEach((one, at) => {
        one.write(frames[at]?.subarray(from, from + 40 * KiB) ?? "")
      })
      await lab.meanwhile()
      jest.advanceTimersByTime(100)
      await lab.meanwhile()
    }
    expect(counted.most).toBeGreaterThan(1024 * KiB)
    // The largest, and what one read brought before room was made for it.
    expect(counted.most).toBeLessThan((2 * 1024 + 400 + 400) * KiB)
  }, 30_000)

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
    expect(put()).toHaveLength(gone.length)
    expect(put()[0]?.read).toMatchObject({ malformed: { reason: "room ran out inside a frame" } })
    await answered(await lab.sender(), "SMALL")
  })
})

describe("room", () => {
  test("that a message took is there for others when its listener is closed", async () => {
    const leaving = await lab.sender()
    leaving.write(large("HALF", 900 * KiB).subarray(0, 800 * KiB))
    await lab.meanwhile(20)
    await lab.reopen({})
    const one = await lab.sender()
    one.write(large("LARGE", 600 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
    expect(events()).toEqual([])
  })

  test("is had by one message as large as all of it", async () => {
    const one = await lab.sender()
    one.write(large("LARGE", 1500 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
  })

  test("is had by one message larger than twice as much", async () => {
    const one = await lab.sender()
    one.write(large("LARGE", 5000 * KiB))
    expect(await one.answer()).toBe("AA LARGE")
  })
})
