import { describe, expect, test } from "bun:test"
import { frame } from "../../../src/hl7/frame.ts"
import { hl7, oru } from "../../build.ts"
import { listener } from "./listener.ts"

const lab = listener()

describe("a sender", () => {
  test("gets an acknowledgement with the box's time and an id of its own", async () => {
    const one = await lab.sender()
    one.send(oru({ controlId: "1" }))
    one.send(oru({ controlId: "2" }))
    const [first, second] = [await one.next(), await one.next()]
    expect(first?.first("MSH")?.text(7)).toBe("20260415090000+0000")
    const ids = [first, second].map((ack) => ack?.first("MSH")?.text(10))
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => id !== undefined && id.length <= 20)).toBe(true)
  })

  test("that ends its side after the last byte, as nc does, still gets its answers", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    one.send(oru({ controlId: "1" }))
    one.finish()
    await lab.core.counted(1)
    await lab.meanwhile()
    lab.core.decide("1")
    expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "hung up"])
  })

  test("never gets an answer to what another sent", async () => {
    const senders = await Promise.all([1, 2, 3, 4, 5].map(lab.sender))
    const halves = senders.map((_one, at) => frame(oru({ controlId: `M-${at}` })))
    for (const [at, one] of senders.entries()) one.write(halves[at]?.subarray(0, 50) ?? "")
    await lab.meanwhile()
    for (const [at, one] of senders.entries()) one.write(halves[at]?.subarray(50) ?? "")
    const answers = await Promise.all(senders.map((one) => one.answer()))
    expect(answers).toEqual(senders.map((_one, at) => `AA M-${at}`))
  })
})

describe("bad input", () => {
  test("without MSH-10 is answered AE with the place, and goes to the quarantine", async () => {
    const one = await lab.sender()
    one.send(hl7("MSH|^~\\&|LAB|CLINIC|HIS||20260415||ORU^R01||P|2.5", "PID|1||P-1"))
    const ack = await one.next()
    expect([ack?.first("MSA")?.text(1), ack?.first("MSA")?.text(2)]).toEqual(["AE", undefined])
    expect(ack?.first("MSH")?.text(5)).toBe("LAB")
    expect(ack?.first("ERR")?.raw(2)).toBe("MSH^1^10")
    expect(ack?.first("ERR")?.text(3)).toBe("101")
    expect(lab.core.handed[0]?.read).toMatchObject({ malformed: { location: "MSH^1^10" } })
    expect(lab.source.replies).toEqual({ AE: 1 })
  })

  test("without MSH is answered AE with the reason, and the next message is taken", async () => {
    const one = await lab.sender()
    one.send(Buffer.from("hello"))
    one.send(oru({ controlId: "2" }))
    const ack = await one.next()
    expect(ack?.first("ERR")?.text(8)).toBe("there is no MSH segment at the start")
    expect(await one.answer()).toBe("AA 2")
  })

  test("that never was a frame is kept when its sender leaves", async () => {
    const one = await lab.sender()
    one.write("GET / HTTP/1.1\r\nHost: box\r\n\r\n")
    one.finish()
    expect(await one.answer()).toBe("hung up")
    expect(lab.core.handed[0]?.read).toHaveProperty("malformed")
  })

  test("without end is answered AE once the frame is too large, and hung up on", async () => {
    await lab.reopen({ frameMax: "64KiB" })
    const one = await lab.sender()
    one.write(Buffer.concat([Buffer.from([0x0b]), oru({ controlId: "BIG" })]))
    const endless = setInterval(() => one.socket.write(Buffer.alloc(16 * 1024, "x")), 0)
    const ack = await one.next()
    expect(ack?.first("MSA")?.text(1)).toBe("AE")
    expect(ack?.first("MSA")?.text(2)).toBe("BIG")
    expect(ack?.first("ERR")?.text(8)).toBe("the frame is larger than 65536 bytes")
    expect(await one.answer()).toBe("hung up")
    clearInterval(endless)
    expect(lab.core.handed).toHaveLength(1)
    expect(lab.core.handed[0]?.bytes).toHaveLength(64 * 1024)
    await lab.meanwhile()
  })

  test("at the very limit is taken", async () => {
    await lab.reopen({ frameMax: "1KiB" })
    const one = await lab.sender()
    const message = oru({ controlId: "1" })
    const padding = Buffer.alloc(1024 - message.length - 4, "x")
    one.send(Buffer.concat([message, Buffer.from("NTE"), padding, Buffer.from("\r")]))
    expect(await one.answer()).toBe("AA 1")
  })

  test("when the disk refuses is answered AR 207, so that it is sent again", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    one.send(oru({ controlId: "1" }))
    await lab.core.counted(1)
    lab.core.decide("1", { verdict: "unavailable", reason: "the disk refused: SQLITE_FULL" })
    const ack = await one.next()
    expect([ack?.first("MSA")?.text(1), ack?.first("ERR")?.text(3)]).toEqual(["AR", "207"])
    expect(lab.source.replies).toEqual({ AR: 1 })
  })

  test("that ends in a reset leaves the listener as it was", async () => {
    const messages = await Promise.all([1, 2, 3].map(lab.sender))
    for (const one of messages) {
      one.write(frame(oru()).subarray(0, 60))
      one.reset()
    }
    await lab.core.counted(3)
    expect(lab.core.handed.every(({ read }) => "malformed" in read)).toBe(true)
    await lab.meanwhile()
  })

  test("a reset while an acknowledgement is on its way leaves it as it was, too", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    one.send(oru({ controlId: "1" }))
    await lab.core.counted(1)
    one.reset()
    await lab.meanwhile(3)
    lab.core.decide("1")
    await lab.meanwhile()
  })
})

test("a message that asks for both acknowledgements gets each in its own frame", async () => {
  const one = await lab.sender()
  const asking = oru({ controlId: "1" }).toString().replace("|2.5.1\r", "|2.5.1|||AL|AL\r")
  one.send(Buffer.from(asking))
  one.send(oru({ controlId: "2" }))
  const answers = [await one.answer(), await one.answer(), await one.answer()]
  expect(answers).toEqual(["CA 1", "AA 1", "AA 2"])
  expect(lab.source.replies).toEqual({ CA: 1, AA: 2 })
})

test("a batch gets a batch of acknowledgements, or each by itself if told so", async () => {
  const batch = Buffer.concat([
    Buffer.from("BHS|^~\\&|LAB||HIS||||||B-1\r"),
    ...["1", "2"].map((controlId) => new Uint8Array(oru({ controlId }))),
    Buffer.from("BTS|2\r"),
  ])
  const one = await lab.sender()
  one.send(batch)
  const reply = await one.next()
  expect(reply?.all("MSA").map((msa) => msa.text(2))).toEqual(["1", "2"])
  expect([reply?.first("BHS")?.text(12), reply?.first("BTS")?.text(1)]).toEqual(["B-1", "2"])
  await lab.reopen({ ack: { batch: "single" } })
  const other = await lab.sender()
  other.send(batch)
  expect([await other.answer(), await other.answer()]).toEqual(["AA 1", "AA 2"])
})

test("two messages in one frame are two messages, each answered for itself", async () => {
  const one = await lab.sender()
  one.write(frame(Buffer.concat([oru({ controlId: "1" }), oru({ controlId: "2" })])))
  expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "AA 2"])
  expect(lab.core.handed.map(({ bytes }) => Buffer.from(bytes))).toEqual([
    Buffer.from(oru({ controlId: "1" })),
    Buffer.from(oru({ controlId: "2" })),
  ])
})
