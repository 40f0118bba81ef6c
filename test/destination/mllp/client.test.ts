import { afterEach, describe, expect, jest, test } from "bun:test"
import { ackOf } from "../../fake/mllp-receiver.ts"
import { admission } from "../sending.ts"
import { receiving } from "./receiving.ts"

const open = receiving()
const accepting = (controlId: string) => [ackOf("AA", controlId)]

// Before those of `receiving`: closing takes real time.
afterEach(() => void jest.useRealTimers())

/** A message that asks for these acknowledgements (MSH-15 and MSH-16). */
function asking(controlId: string, asked: string): Buffer {
  const text = Buffer.from(admission(controlId, "KSM-1")).toString()
  return Buffer.from(text.replace("|2.5.1\r", `|2.5.1|||${asked}\r`))
}

describe("what goes over the wire", () => {
  test("is the message byte for byte, in its own charset, with its own line ends", async () => {
    const { send, bytes } = await open(accepting)
    const latin = Buffer.from(
      "MSH|^~\\&|||||||ADT^A04|7|P|2.3\nPID|1||9||M\xfcller^Zo\xeb",
      "latin1",
    )
    expect(await send(latin)).toMatchObject({ outcome: "delivered" })
    expect(bytes.map((one) => Buffer.from(one).toString("hex"))).toEqual([latin.toString("hex")])
  })

  test.each([
    ["a vertical tab", 0x0b],
    ["a file separator", 0x1c],
  ])("is nothing of a message with %s in it, which is held", async (_name, byte) => {
    const { send, bytes } = await open(accepting)
    const broken = Buffer.concat([admission("1", "KSM-1"), Buffer.from(["Z".charCodeAt(0), byte])])
    expect(await send(broken)).toMatchObject({
      outcome: "hold",
      reason: expect.stringContaining("VT or FS"),
    })
    expect(bytes).toEqual([])
  })

  test("is nothing of a message without MSH-10, which is held", async () => {
    const { send, bytes } = await open(accepting)
    expect(await send(Buffer.from("H|\\^&|||analyzer\r"))).toMatchObject({ outcome: "hold" })
    expect(bytes).toEqual([])
  })
})

describe("the connection", () => {
  test("stays open from one message to the next", async () => {
    const { sendOf, receiver } = await open(accepting)
    for (const id of ["A", "B", "C"])
      expect(await sendOf(id)).toMatchObject({ outcome: "delivered" })
    expect(receiver.connections()).toBe(1)
  })

  test("is one for each delivery in flight, and all of them are used again", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { sendOf, receiver } = await open(async (id) => {
      await promise
      return [ackOf("AA", id)]
    })
    const sent = ["A", "B", "C"].map(sendOf)
    resolve()
    await Promise.all(sent)
    await Promise.all(["D", "E", "F"].map(sendOf))
    expect(receiver.connections()).toBe(3)
  })

  test("is opened again where the receiver has closed it meanwhile", async () => {
    const { sendOf, receiver } = await open(accepting)
    await sendOf("A")
    await receiver.down()
    await receiver.up()
    // The system may not have told of the end yet: then it is doubt, once.
    const first = await sendOf("B")
    const second = first.outcome === "retry" ? await sendOf("B") : first
    expect(second).toMatchObject({ outcome: "delivered" })
  })

  test("is another one for a control id it has carried, as of analyzers that send 1", async () => {
    // Each message is answered twice: the second answer comes when the next has been sent.
    let before = ""
    const { sendOf, send, receiver } = await open((id, bytes) => {
      const refused = Buffer.from(bytes).includes("KSM-2")
      const answers = [...(before === "" ? [] : [before]), ackOf(refused ? "AE" : "AA", id)]
      before = ackOf("AA", id)
      return receiver.connections() === 1 ? answers : answers.slice(-1)
    })
    expect(await sendOf("1")).toMatchObject({ outcome: "delivered" })
    expect(await send(admission("1", "KSM-2"))).toMatchObject({ outcome: "hold" })
    expect(receiver.connections()).toBe(2)
  })
})

describe("an acknowledgement", () => {
  test("of an earlier message that comes late is passed over", async () => {
    const { sendOf, receiver } = await open((id) =>
      id === "A" ? [ackOf("AA", "A")] : [ackOf("AE", "A"), ackOf("AA", "B")],
    )
    await sendOf("A")
    expect(await sendOf("B")).toMatchObject({ outcome: "delivered" })
    expect(receiver.connections()).toBe(1)
  })

  test("of a message that was never sent is doubt, and that connection is left", async () => {
    const { sendOf, receiver } = await open((id) => [ackOf("AA", id === "A" ? "X" : id)])
    expect(await sendOf("A")).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("answered to a message that it was not sent"),
      said: expect.stringContaining('"X"'),
    })
    expect(await sendOf("B")).toMatchObject({ outcome: "delivered" })
    expect(receiver.connections()).toBe(2)
  })

  test("that names no message and came behind an answer is no answer to the next", async () => {
    const { sendOf, receiver } = await open((id) =>
      id === "A" ? [`${ackOf("AA", "A")}\x1c\r\x0b${ackOf("AE", "")}`] : [ackOf("AA", id)],
    )
    await sendOf("A")
    expect(await sendOf("B")).toMatchObject({ outcome: "delivered" })
    expect(receiver.connections()).toBe(1)
  })

  test("that comes after the timeout is never credited to anything", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { sendOf, receiver } = await open(
      async (id) => {
        if (id === "A") await promise
        return id === "A" ? [ackOf("AA", "A")] : []
      },
      { timeout: "60ms" },
    )
    expect(await sendOf("A")).toMatchObject({ outcome: "retry" })
    resolve()
    expect(await sendOf("B")).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("within 0.06 s"),
    })
    expect(receiver.connections()).toBe(2)
  })

  test("that names no message counts as a refusal, and never as an acceptance", async () => {
    const { sendOf } = await open((id) => [ackOf(id === "A" ? "AE" : "AA", "")])
    expect(await sendOf("A")).toMatchObject({ outcome: "hold" })
    expect(await sendOf("B")).toMatchObject({ outcome: "retry" })
  })

  test("without an end is given up on", async () => {
    const { sendOf } = await open(() => ["x".repeat(1024 ** 2 + 1)])
    expect(await sendOf("A")).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("without an end"),
    })
  })
})

describe("a message that asks for two acknowledgements", () => {
  test("is delivered when both accept", async () => {
    const { send } = await open((id) => [ackOf("CA", id), ackOf("AA", id)])
    expect(await send(asking("A", "AL|AL"))).toMatchObject({ receipt: { status: 200, code: "AA" } })
  })

  test("is held when it is taken over, and refused then", async () => {
    const { send } = await open((id) => [ackOf("CA", id), ackOf("AE", id, "no such ward")])
    expect(await send(asking("A", "AL|AL"))).toMatchObject({
      outcome: "hold",
      said: "no such ward",
    })
  })

  test("is delivered when it is taken over, and the receiver hangs up", async () => {
    const { send, receiver } = await open((id) => {
      setImmediate(() => receiver.down())
      return [ackOf("CA", id)]
    })
    expect(await send(asking("A", "AL|AL"))).toMatchObject({ receipt: { status: 202, code: "CA" } })
  })

  test("is delivered by the one answer of a receiver that knows one level only", async () => {
    const { send } = await open(accepting)
    expect(await send(asking("A", "AL|AL"))).toMatchObject({ outcome: "delivered" })
  })
})

describe("a message that asks for no acknowledgement", () => {
  test("is delivered when nobody objects for two seconds", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { send } = await open(() => {
      resolve()
      return []
    })
    jest.useFakeTimers()
    const sent = send(asking("A", "NE|NE"))
    await promise
    await new Promise<void>((written) => setImmediate(written))
    jest.advanceTimersByTime(2_000)
    expect(await sent).toMatchObject({ outcome: "delivered", receipt: { status: 202 } })
  })

  test("is held when it is refused all the same", async () => {
    const { send } = await open((id) => [ackOf("AE", id)])
    expect(await send(asking("A", "ER|NE"))).toMatchObject({ outcome: "hold" })
  })
})

describe("an acknowledgement that is lost, with onLostAck set to hold,", () => {
  const holding = { onLostAck: "hold" }

  test("has its message held, with where to look", async () => {
    const { sendOf } = await open(() => "hang up", holding)
    expect(await sendOf("A")).toMatchObject({
      outcome: "hold",
      reason: expect.stringContaining("look there before it is replayed"),
    })
  })

  test("after the timeout as well", async () => {
    const { sendOf } = await open(() => [], { ...holding, timeout: "50ms" })
    expect(await sendOf("A")).toMatchObject({ outcome: "hold" })
  })

  test("is no matter where nobody listened: the message was never sent", async () => {
    const { sendOf, receiver } = await open(accepting, holding)
    await receiver.down()
    expect(await sendOf("A")).toMatchObject({ outcome: "retry" })
  })

  test("is no matter where the box itself broke off, which will send it again", async () => {
    const stop = new AbortController()
    const { send } = await open(() => {
      stop.abort(new Error("the gateway is stopping"))
      return []
    }, holding)
    expect(await send(admission("A", "KSM-1"), stop.signal)).toMatchObject({ outcome: "retry" })
  })
})
