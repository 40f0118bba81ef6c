import { afterEach, describe, expect, jest, test } from "bun:test"
import { connect } from "node:net"
import * as v from "valibot"
import { frame } from "../../../src/hl7/frame.ts"
import { sources } from "../../../src/source/index.ts"
import { oru } from "../../build.ts"
import { openMllpSender } from "../../fake/mllp-sender.ts"
import { listener } from "./listener.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const lab = listener()

/** A sender whose connection stands, and has been answered once. */
async function connected(controlId: string) {
  const one = await lab.sender()
  one.send(oru({ controlId }))
  expect(await one.answer()).toBe(`AA ${controlId}`)
  return one
}

describe("connectionsMax", () => {
  test("refuses one more, says so in the log, and takes the next once one left", async () => {
    await lab.reopen({ connectionsMax: 2 })
    const [first] = [await connected("1"), await connected("2")]
    expect(await (await lab.sender()).answer()).toBe("hung up")
    expect(lab.events).toEqual([
      {
        event: "connection-refused",
        source: "lab",
        peer: "127.0.0.1",
        reason: "connectionsMax: 2 connections are open",
      },
    ])
    first?.finish()
    expect(await first?.answer()).toBe("hung up")
    await connected("3")
  })

  test("is 10,000 where nothing is said", () => {
    const { config } = sources.mllp
    expect(v.parse(config, { kind: "mllp", port: 0 }).connectionsMax).toBe(10_000)
  })
})

describe("connectionsPerPeerMax", () => {
  test("counts each address for itself", async () => {
    await lab.reopen({ host: "0.0.0.0", connectionsPerPeerMax: 1 })
    await connected("1")
    expect(await (await lab.sender()).answer()).toBe("hung up")
    const port = Number(lab.source.address.split(":").at(-1))
    const elsewhere = connect({ host: "127.0.0.1", localAddress: "127.0.0.2", port })
    elsewhere.write(frame(oru({ controlId: "2" })))
    await lab.core.counted(2)
    elsewhere.destroy()
  })

  test("is none where nothing is said: many devices may share one address", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => connected(`${at}`)))
  })
})

describe("a peer that comes over IPv6", () => {
  test("with its IPv4 address is known, allowed and counted by that one", async () => {
    await lab.reopen({ host: "::", allow: ["127.0.0.0/8"], connectionsPerPeerMax: 1 })
    const port = lab.source.address.split(":").at(-1)
    const one = await openMllpSender(`127.0.0.1:${port}`)
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
    expect(lab.core.handed[0]?.peer).toBe(`127.0.0.1:${one.socket.localPort}`)
    expect(await (await openMllpSender(`127.0.0.1:${port}`)).answer()).toBe("hung up")
    expect(await (await openMllpSender(`::1:${port}`)).answer()).toBe("hung up")
    expect(lab.events.map(({ peer, reason }) => [peer, reason])).toEqual([
      ["127.0.0.1", "connectionsPerPeerMax: 1 connections from there are open"],
      ["::1", "not in allow"],
    ])
  })
})

describe("a device that is refused and tries again all the time", () => {
  test("is in the log at once, and then once a minute with how often", async () => {
    jest.useFakeTimers()
    await lab.reopen({ allow: [] })
    for (let at = 0; at < 5; at++) expect(await (await lab.sender()).answer()).toBe("hung up")
    expect(lab.events.map(({ timesMore }) => timesMore)).toEqual([undefined])
    jest.advanceTimersByTime(60_000)
    expect(lab.events.map(({ timesMore }) => timesMore)).toEqual([undefined, 4])
    expect(await (await lab.sender()).answer()).toBe("hung up")
    expect(lab.events).toHaveLength(3)
    jest.advanceTimersByTime(60_000)
    expect(lab.events).toHaveLength(3)
  })
})
