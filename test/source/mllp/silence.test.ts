import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test"
import { readFileSync } from "node:fs"
import { frame } from "../../../src/hl7/frame.ts"
import { Silence } from "../../../src/source/mllp/silence.ts"
import { oru } from "../../build.ts"
import { listener } from "./listener.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const lab = listener()

// Timers are the test's, sockets are real: no test waits for the time it speaks of.
beforeEach(async () => {
  jest.useFakeTimers()
  await lab.reopen({})
})

/** So much time goes by, with what was on its way before and after it arrived. */
async function pass(seconds: number): Promise<void> {
  await lab.meanwhile()
  jest.advanceTimersByTime(seconds * 1_000)
  await lab.meanwhile()
}

const events = () => lab.events.map(({ event }) => event)
const half = () => frame(oru({ controlId: "HALF" })).subarray(0, 90)

describe("a sender that falls silent inside a frame", () => {
  test("has 30 s; then its bytes are put aside, unanswered, and it is hung up on", async () => {
    const one = await lab.sender()
    const peer = `127.0.0.1:${one.socket.localPort}`
    one.write(half())
    await pass(29)
    expect(events()).toEqual([])
    await pass(2)
    expect(await one.answer()).toBe("hung up")
    const bytes = half().length - 1
    expect(lab.events).toEqual([{ event: "frame-timeout", source: "lab", peer, bytes }])
    const put = lab.core.handed.find(({ read }) => "malformed" in read)
    expect(put?.read).toMatchObject({
      malformed: { reason: "nothing came for 30 s inside a frame" },
    })
    expect(Buffer.from(put?.bytes ?? []).equals(half().subarray(1))).toBe(true)
  })

  test("and goes on in time is answered, however long its whole frame takes", async () => {
    const one = await lab.sender()
    const whole = frame(oru({ controlId: "SLOW" }))
    for (let at = 0; at < whole.length; at += 90) {
      one.write(whole.subarray(at, at + 90))
      await pass(20)
    }
    expect(await one.answer()).toBe("AA SLOW")
  })

  test("has as long as frameTimeout says", async () => {
    await lab.reopen({ frameTimeout: "5m" })
    const one = await lab.sender()
    one.write(half())
    await pass(299)
    expect(events()).toEqual([])
    await pass(2)
    expect(await one.answer()).toBe("hung up")
  })

  test("because nothing is read while the disk is slow is left alone", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    for (let at = 0; at < 64; at++) one.send(oru({ controlId: `${at}` }))
    one.write(half())
    await lab.core.counted(64)
    await pass(3_600)
    expect(events()).toEqual([])
    for (let at = 0; at < 64; at++) lab.core.decide(`${at}`)
    for (let at = 0; at < 64; at++) expect(await one.answer()).toBe(`AA ${at}`)
    await pass(20)
    expect(events()).toEqual([])
  })
})

describe("a sender that is silent between messages", () => {
  test("stays connected for days", async () => {
    const one = await lab.sender()
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
    await pass(5 * 86_400)
    one.send(oru({ controlId: "2" }))
    expect(await one.answer()).toBe("AA 2")
  })

  test("is hung up on after idleTimeout, where that is said", async () => {
    await lab.reopen({ idleTimeout: "1h" })
    const [quiet, busy] = [await lab.sender(), await lab.sender()]
    for (let at = 0; at < 4; at++) {
      busy.send(oru({ controlId: `${at}` }))
      expect(await busy.answer()).toBe(`AA ${at}`)
      await pass(1_000)
    }
    expect(await quiet.answer()).toBe("hung up")
    expect(events()).toEqual(["idle-timeout"])
    busy.send(oru({ controlId: "5" }))
    expect(await busy.answer()).toBe("AA 5")
  })

  test("is asked by the system whether it is still there", async () => {
    const one = await lab.sender()
    await lab.meanwhile()
    // Field 6 of the kernel's table is the timer that runs: 02 is keepalive, due in 1/100 s.
    const hex = (port = 0) => port.toString(16).toUpperCase().padStart(4, "0")
    const { localPort, remotePort } = one.socket
    const ends = new RegExp(`:${hex(remotePort)} \\w+:${hex(localPort)} 01 \\S+ 02:(\\w+)`)
    const [, due = ""] = ends.exec(readFileSync("/proc/net/tcp", "utf8")) ?? []
    expect(Number.parseInt(due, 16) / 100).toBeWithin(50, 61)
  })
})

describe("an analyzer that connects again while its old connection still stands", () => {
  const spokenAs = async (sender: string, controlId: string) => {
    const one = await lab.sender()
    one.send(oru({ sender, controlId }))
    expect(await one.answer()).toBe(`AA ${controlId}`)
    return one
  }

  test("keeps both where nothing is said", async () => {
    const old = await spokenAs("XN-1000", "1")
    await pass(1)
    await spokenAs("XN-1000", "2")
    await pass(3_600)
    old.send(oru({ controlId: "3" }))
    expect(await old.answer()).toBe("AA 3")
  })

  test("loses the old one once that was silent for replaceSilent", async () => {
    await lab.reopen({ replaceSilent: "60s" })
    const old = await spokenAs("XN-1000", "1")
    const peer = `127.0.0.1:${old.socket.localPort}`
    await pass(30)
    const next = await spokenAs("XN-1000", "2")
    await pass(28)
    expect(events()).toEqual([])
    await pass(4)
    expect(await old.answer()).toBe("hung up")
    expect(lab.events).toEqual([{ event: "connection-replaced", source: "lab", peer, bytes: 0 }])
    next.send(oru({ controlId: "3" }))
    expect(await next.answer()).toBe("AA 3")
  })

  test("loses a frame it never ended with it, which is put aside", async () => {
    await lab.reopen({ replaceSilent: "10s" })
    const old = await spokenAs("XN-1000", "1")
    old.write(half())
    await pass(1)
    await spokenAs("XN-1000", "2")
    await pass(12)
    expect(await old.answer()).toBe("hung up")
    expect(lab.core.handed.filter(({ read }) => "malformed" in read)).toHaveLength(1)
  })

  test.each([
    ["another device at its address", () => spokenAs("XN-2000", "2")],
    ["a device of the same name in another facility", () => facility("SIAYA")],
    ["a connection that has sent no whole message", async () => (await lab.sender()).write(half())],
  ])("is not replaced by %s", async (_who, arrive) => {
    await lab.reopen({ replaceSilent: "10s" })
    const old = await spokenAs("XN-1000", "1")
    await pass(1)
    await arrive()
    await pass(25)
    old.send(oru({ sender: "XN-1000", controlId: "3" }))
    expect(await old.answer()).toBe("AA 3")
  })

  test("keeps the newer one where that is the silent one", async () => {
    await lab.reopen({ replaceSilent: "10s" })
    const old = await spokenAs("XN-1000", "1")
    await pass(1)
    const newer = await spokenAs("XN-1000", "2")
    await pass(8)
    old.send(oru({ sender: "XN-1000", controlId: "3" }))
    expect(await old.answer()).toBe("AA 3")
    await pass(20)
    for (const one of [old, newer]) {
      one.send(oru({ sender: "XN-1000", controlId: "4" }))
      expect(await one.answer()).toBe("AA 4")
    }
  })

  async function facility(name: string): Promise<void> {
    const one = await lab.sender()
    one.send(Buffer.from(oru({ sender: "XN-1000" }).toString().replace("|CLINIC|", `|${name}|`)))
    expect(await one.answer()).toBe("AA C1")
  }
})

describe("how long a peer has been silent", () => {
  test("is known while it is read", () => {
    const silence = new Silence(0)
    expect(silence.ms(500)).toBe(500)
    silence.heard(600)
    expect(silence.ms(700)).toBe(100)
  })

  test("is not known for the time it was not read: it may have spoken", () => {
    const silence = new Silence(0)
    silence.read(false, 300)
    expect(silence.ms(9_000)).toBe(300)
    silence.read(true, 9_000)
    expect(silence.ms(9_001)).toBe(300)
    silence.heard(9_002)
    expect(silence.ms(9_100)).toBe(98)
  })

  test("is known for that time too once it was read again, and nothing came", () => {
    const silence = new Silence(0)
    silence.read(false, 300)
    silence.read(true, 9_000)
    expect(silence.ms(9_040)).toBe(9_040)
    silence.read(false, 9_050)
    expect(silence.ms(20_000)).toBe(9_050)
  })

  test("is not known any better by a reading too short to hear anything", () => {
    const silence = new Silence(0)
    silence.read(false, 300)
    silence.read(true, 9_000)
    silence.read(false, 9_005)
    expect(silence.ms(20_000)).toBe(300)
  })
})
