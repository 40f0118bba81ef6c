import { describe, expect, test } from "bun:test"
import { connect } from "node:net"
import * as v from "valibot"
import { frame } from "../../../src/hl7/frame.ts"
import { sources } from "../../../src/source/index.ts"
import { oru } from "../../build.ts"
import { listener } from "./listener.ts"

const lab = listener()

describe("who may send", () => {
  test.each([
    ["no allow at all", undefined],
    ["a network it is in", ["10.0.0.0/8", "127.0.0.0/8"]],
    ["its address", ["127.0.0.1"]],
    ["an IPv6 network as well", ["fd00::/8", "127.0.0.1"]],
  ])("with %s: it is taken in", async (_name, allow) => {
    await lab.reopen({ allow })
    const one = await lab.sender()
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
  })

  test("without it in the list: it is hung up on, unread, and the log names it", async () => {
    await lab.reopen({ allow: ["10.0.0.0/8", "127.0.0.2"] })
    const one = await lab.sender()
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("hung up")
    expect(lab.core.handed).toEqual([])
    expect(lab.events).toEqual([
      { event: "connection-refused", source: "lab", peer: "127.0.0.1", reason: "not in allow" },
    ])
  })

  test("an empty list lets no one in", async () => {
    await lab.reopen({ allow: [] })
    expect(await (await lab.sender()).answer()).toBe("hung up")
  })

  test.each(["10.0.0.0/33", "10.0.0", "fd00::/129", "box", "10.0.0.0/8/8", "10.0.0.0/", ""])(
    "%j is no network, and the message shows one",
    (network) => {
      const section = { kind: "mllp", port: 0, allow: [network] }
      const { issues } = v.safeParse(sources.mllp.config, section)
      expect(issues?.[0].message).toContain('"10.0.0.0/8"')
    },
  )
})

describe("closing", () => {
  test("does not wait for a peer that never hangs up", async () => {
    const [, port] = lab.source.address.split(":")
    const deaf = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true })
    await new Promise<void>((resolve) => deaf.once("connect", () => resolve()))
    await lab.meanwhile()
    await lab.source.close()
    deaf.destroy()
  })

  test("takes no message whose last byte comes after it began", async () => {
    const one = await lab.sender()
    lab.core.decides = "when told"
    const second = frame(oru({ controlId: "2" }))
    one.write(Buffer.concat([frame(oru({ controlId: "1" })), second.subarray(0, 60)]))
    await lab.core.counted(1)
    const closed = lab.source.close()
    one.write(second.subarray(60))
    lab.core.decide("1")
    expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "hung up"])
    await closed
    expect(lab.handedIds()).toEqual(["1"])
  })
})

describe("a port that can't be had", () => {
  test.each([
    ["0.0.0.0", "another program uses this port"],
    ["127.0.0.1", "another program uses this port"],
  ])("on %s is named, with what to do", async (host, advice) => {
    const port = Number(lab.source.address.split(":")[1])
    const second = lab.open({ host, port })
    expect(second).rejects.toThrow(`can't listen on ${host}:${port}: ${advice}`)
    await second.catch(() => {})
  })

  test("on an IPv6 address is written so that its port can be told from it", async () => {
    const second = lab.open({ host: "2001:db8::1" })
    expect(second).rejects.toThrow("can't listen on [2001:db8::1]:0: ")
    await second.catch(() => {})
  })

  test("on an address that this machine does not have is named, with what to do", async () => {
    const second = lab.open({ host: "192.0.2.1" })
    expect(second).rejects.toThrow("192.0.2.1:0: this machine has no such address")
    await second.catch(() => {})
  })
})
