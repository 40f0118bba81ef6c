import { describe, expect, test } from "bun:test"
import { frame } from "../../../src/hl7/frame.ts"
import { oru } from "../../build.ts"
import type { MllpSender } from "../../fake/mllp-sender.ts"
import { listener } from "./listener.ts"

const lab = listener()

describe("many messages at once", () => {
  const ids = Array.from({ length: 160 }, (_, at) => `P-${at}`)
  const answersOf = async (one: MllpSender) => {
    const answers: string[] = []
    for (const _id of ids) answers.push(await one.answer())
    return answers
  }

  test("on one connection wait unread while 64 are unanswered; all are answered", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    for (const id of ids.slice(0, 64)) one.send(oru({ controlId: id }))
    await lab.core.counted(64)
    for (const id of ids.slice(64)) one.send(oru({ controlId: id }))
    await lab.meanwhile(5)
    expect(lab.handedIds()).toEqual(ids.slice(0, 64))
    lab.core.decides = "at once"
    for (const id of ids.slice(0, 64).toReversed()) lab.core.decide(id)
    expect(await answersOf(one)).toEqual(ids.map((id) => `AA ${id}`))
    expect(lab.handedIds()).toEqual(ids)
  })

  test("in one write are all answered in order, also when their sender has ended", async () => {
    const one = await lab.sender()
    one.write(Buffer.concat(ids.map((id) => frame(oru({ controlId: id })))))
    one.finish()
    expect(await answersOf(one)).toEqual(ids.map((id) => `AA ${id}`))
    expect(await one.answer()).toBe("hung up")
  })

  test("from a sender that reads no answers are taken no further, until it reads", async () => {
    const one = await lab.sender()
    one.socket.pause()
    // An answer repeats MSH-3: large ones fill what the system keeps for a slow reader.
    const name = "N".repeat(64 * 1024)
    const sent = 600
    for (let at = 0; at < sent; at++) one.send(oru({ controlId: `P-${at}`, sender: name }))
    for (let before = -1, same = 0; same < 20; ) {
      await lab.meanwhile()
      same = lab.handedIds().length === before ? same + 1 : 0
      before = lab.handedIds().length
    }
    expect(lab.handedIds().length).toBeLessThan(sent)
    one.socket.resume()
    for (let at = 0; at < sent; at++) expect(await one.answer()).toBe(`AA P-${at}`)
  }, 30_000)

  test("150 senders that stall inside a frame do not stop an honest one", async () => {
    const stalled = await Promise.all(Array.from({ length: 150 }, lab.sender))
    for (const one of stalled) one.write(frame(oru()).subarray(0, 50))
    await lab.meanwhile(3)
    expect(stalled.every((one) => one.waiting() === 0)).toBe(true)
  })
})
