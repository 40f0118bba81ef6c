import { afterEach, describe, expect, jest, test } from "bun:test"
import { writeFileSync } from "node:fs"
import type { TLSSocket } from "node:tls"
import { oru } from "../../build.ts"
import { listener, now } from "./listener.ts"
import { secured } from "./secure.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const lab = listener()
const tls = secured(lab)
const dayMs = 86_400_000

describe("new certificates in the files", () => {
  const nameShown = async () => {
    const one = await lab.secureSender(tls.trusting(tls.analyzer))
    const { subject } = (one.socket as TLSSocket).getPeerCertificate()
    one.finish()
    return subject.CN
  }

  test("are shown to those who connect, and those connected stay so", async () => {
    jest.useFakeTimers()
    await tls.reopen()
    const before = await lab.secureSender(tls.trusting(tls.analyzer))
    tls.install(tls.authority.issue("box-renewed"))
    jest.advanceTimersByTime(10_000)
    expect(await nameShown()).toBe("box-renewed")
    before.send(oru({ controlId: "1" }))
    expect(await before.answer()).toBe("AA 1")
    expect(lab.events).toEqual([{ event: "certificate-renewed", source: "lab" }])
  })

  test("that do not hold together are told once, and the old ones stay in use", async () => {
    jest.useFakeTimers()
    await tls.reopen()
    writeFileSync(tls.file("box.crt"), tls.authority.issue("box-renewed").cert)
    jest.advanceTimersByTime(30_000)
    expect(await nameShown()).toBe("box")
    expect(lab.events).toEqual([
      {
        event: "certificate-not-renewed",
        source: "lab",
        key: "tls.keyFile",
        reason: expect.stringContaining("is not the key of the certificate in certFile"),
      },
    ])
  })

  test("withdraw a sender's certificate without anyone starting anything", async () => {
    jest.useFakeTimers()
    writeFileSync(tls.file("withdrawn.crl"), tls.authority.revoke([]))
    await tls.reopen({ crlFile: tls.file("withdrawn.crl") })
    expect(await nameShown()).toBe("box")
    writeFileSync(tls.file("withdrawn.crl"), tls.authority.revoke([tls.analyzer]))
    jest.advanceTimersByTime(10_000)
    expect(await tls.answerTo(tls.analyzer)).toBe("hung up")
  })
})

describe("a certificate near its end", () => {
  const warnings = () => lab.events.map(({ event, key, days }) => [event, key, days])

  test("is told when the port opens, and once a day", async () => {
    jest.useFakeTimers()
    await tls.reopen({}, tls.authority.issue("box", now + 60 * dayMs))
    expect(warnings()).toEqual([])
    await tls.reopen({}, tls.authority.issue("box", now + 20.5 * dayMs))
    expect(warnings()).toEqual([["certificate-expires", "tls.certFile", 20]])
    jest.advanceTimersByTime(24 * 3_600_000 - 20_000)
    expect(warnings()).toHaveLength(1)
    jest.advanceTimersByTime(20_000)
    expect(warnings()).toHaveLength(2)
  })

  test("is told of a list of withdrawn ones as well, which lets nobody in then", async () => {
    writeFileSync(tls.file("withdrawn.crl"), tls.authority.revoke([], now + 2.5 * dayMs))
    await tls.reopen({ crlFile: tls.file("withdrawn.crl") })
    expect(warnings()).toEqual([["certificate-expires", "tls.crlFile", 2]])
    expect(await tls.answerTo(tls.analyzer)).toBe("hung up")
    expect(tls.refusals()).toEqual([expect.stringContaining("crlFile is past its own end")])
  })

  test("and past it is told too, and used: a box whose clock lies takes results in", async () => {
    await tls.reopen({}, tls.authority.issue("box", now - 3.5 * dayMs))
    expect(warnings()).toEqual([["certificate-expired", "tls.certFile", 3]])
    const one = await lab.secureSender({ ...tls.trusting(tls.analyzer), rejectUnauthorized: false })
    one.send(oru({ controlId: "1" }))
    expect(await one.answer()).toBe("AA 1")
  })
})
