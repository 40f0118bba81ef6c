import { afterEach, describe, expect, jest, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { oru } from "../../build.ts"
import { openAuthority } from "../../fake/authority.ts"
import { listener } from "./listener.ts"
import { secured } from "./secure.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const lab = listener()
const tls = secured(lab)

describe("a sender over TLS", () => {
  test("is answered, and known by its address where no certificate is asked for", async () => {
    await tls.reopen()
    await lab.reopen({ tls: tls.own })
    const one = await lab.secureSender(tls.trusting())
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
    expect(lab.core.handed[0]?.peer).toBe(`127.0.0.1:${one.socket.localPort}`)
  })

  test("is known by the name in its certificate as well", async () => {
    await tls.reopen()
    const one = await lab.secureSender(tls.trusting(tls.analyzer))
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
    expect(lab.core.handed[0]?.peer).toBe(`analyzer-7 127.0.0.1:${one.socket.localPort}`)
  })

  test("that ends its side after the last byte still gets its answers", async () => {
    await tls.reopen()
    const one = await lab.secureSender(tls.trusting(tls.analyzer))
    lab.core.decides = "when told"
    one.send(oru({ controlId: "1" }))
    one.finish()
    await lab.core.counted(1)
    lab.core.decide("1")
    expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "hung up"])
  })

  test("without a certificate is hung up on, unread, and the log says why", async () => {
    await tls.reopen()
    expect(await tls.answerTo()).toBe("hung up")
    expect(tls.refusals()).toEqual(["TLS handshake: it showed no certificate"])
  })

  test("with a certificate of somebody else's authority is hung up on", async () => {
    await tls.reopen()
    expect(await tls.answerTo(openAuthority("Another").issue("analyzer-7"))).toBe("hung up")
    expect(tls.refusals()).toEqual(["TLS handshake: its certificate is not from caFile"])
  })

  test("with an expired certificate is hung up on", async () => {
    await tls.reopen()
    expect(await tls.answerTo(tls.authority.issue("analyzer-7", Date.now() - 60_000))).toBe(
      "hung up",
    )
    expect(tls.refusals()).toEqual(["TLS handshake: its certificate has expired"])
  })

  test("with a certificate for servers is hung up on, and the log says what it needs", async () => {
    await tls.reopen()
    expect(await tls.answerTo(tls.authority.issueForServers("analyzer-7"))).toBe("hung up")
    expect(tls.refusals()).toEqual([
      "TLS handshake: its certificate is for servers: it needs one for clients (clientAuth)",
    ])
  })

  test("whose certificate was withdrawn is hung up on; another is answered", async () => {
    writeFileSync(tls.file("withdrawn.crl"), tls.authority.revoke([tls.analyzer]))
    await tls.reopen({ crlFile: tls.file("withdrawn.crl") })
    expect(await tls.answerTo(tls.analyzer)).toBe("hung up")
    expect(tls.refusals()).toEqual(["TLS handshake: its certificate is revoked by crlFile"])
    const other = await lab.secureSender(tls.trusting(tls.authority.issue("analyzer-8")))
    other.send(oru({ controlId: "1" }))
    expect(await other.answer()).toBe("AA 1")
  })

  test("of TLS 1.1 is hung up on", async () => {
    await tls.reopen()
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1" } as const
    expect(lab.secureSender({ ...tls.trusting(tls.analyzer), ...old })).rejects.toThrow()
    await lab.secureSender({ ...tls.trusting(tls.analyzer), ...old }).catch(() => {})
    expect(tls.refusals()).toEqual(["TLS handshake: it speaks no TLS 1.2"])
  })

  test("that speaks no TLS is hung up on", async () => {
    await tls.reopen()
    const one = await lab.sender()
    one.send(oru())
    expect(await one.answer()).toBe("hung up")
    expect(tls.refusals()).toEqual(["TLS handshake: it speaks no TLS"])
    expect(lab.core.handed).toEqual([])
  })
})

describe("a handshake that never ends", () => {
  test("is broken off after 15 s, and the log says so", async () => {
    jest.useFakeTimers()
    await tls.reopen()
    const silent = await lab.sender()
    const other = await lab.secureSender(tls.trusting(tls.analyzer))
    other.send(oru({ controlId: "1" }))
    expect(await other.answer()).toBe("AA 1")
    jest.advanceTimersByTime(14_000)
    other.send(oru({ controlId: "2" }))
    expect(await other.answer()).toBe("AA 2")
    expect(tls.refusals()).toEqual([])
    jest.advanceTimersByTime(2_000)
    expect(await silent.answer()).toBe("hung up")
    expect(tls.refusals()).toEqual(["TLS handshake: it did not end within 15 s"])
  })

  test("does not hold up closing", async () => {
    await tls.reopen()
    const silent = await lab.sender()
    const other = await lab.secureSender(tls.trusting(tls.analyzer))
    other.finish()
    expect(await other.answer()).toBe("hung up")
    await lab.source.close()
    expect(await silent.answer()).toBe("hung up")
    expect(tls.refusals()).toEqual([])
  })

  test("takes one of the connections there may be, and gives it back", async () => {
    await tls.reopen()
    await lab.reopen({ tls: tls.own, connectionsMax: 1 })
    const silent = await lab.sender()
    expect(await tls.answerTo()).toBe("hung up")
    silent.write("no TLS")
    expect(await silent.answer()).toBe("hung up")
    const next = await lab.secureSender(tls.trusting())
    next.send(oru({ controlId: "1" }))
    expect(await next.answer()).toBe("AA 1")
  })
})
