import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createHmac } from "node:crypto"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { http } from "../../../src/destination/http/index.ts"
import type { Destination, Sending } from "../../../src/message.ts"
import { temporaryFolder } from "../../build.ts"
import { ackOf } from "../../fake/mllp-receiver.ts"
import { openWebServer, type WebServer } from "../../fake/web-server.ts"
import { registration } from "../sending.ts"

const never = new AbortController().signal
let web: WebServer
let opened: Destination[]

beforeEach(async () => {
  web = await openWebServer()
  opened = []
})

afterEach(async () => {
  for (const one of opened) await one.close()
  await web.down()
})

function open(changes: object = {}, now = Date.now): Destination {
  const section = v.parse(http.config, { kind: "http", url: web.url, ...changes })
  const site = { id: "test", timezone: "Africa/Nairobi" }
  const destination = http.open("his", section, { site, log: () => {}, now })
  opened.push(destination)
  return destination
}

const send = (changes: object = {}, sending = registration("KSM-1")) =>
  open(changes).send(sending, never)

/** A file for the box's user alone. */
function secret(text: string): string {
  const path = join(temporaryFolder(), "secret")
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

describe("what goes over the wire", () => {
  test("is the message byte for byte, posted to the whole address", async () => {
    const sending = registration("KSM-1")
    const bytes = Buffer.concat([sending.message.bytes, Buffer.from([0xfc, 0x0d])])
    await send({}, { ...sending, message: { ...sending.message, bytes } })
    const [asked] = web.requests
    expect(asked).toMatchObject({ method: "POST", path: "/in?tenant=3" })
    expect(asked?.body.toString("hex")).toBe(bytes.toString("hex"))
    expect(asked?.headers.get("content-type")).toBe("application/hl7-v2")
  })

  test("is the Bundle by PUT where the section says so", async () => {
    expect(open({ body: "fhir" }).takes).toBe("bundle")
    await send({ body: "fhir", method: "PUT" })
    const [asked] = web.requests
    expect(asked?.method).toBe("PUT")
    expect(asked?.headers.get("content-type")).toBe("application/fhir+json")
    expect(JSON.parse(asked?.body.toString() ?? "")).toEqual(registration("KSM-1").bundle)
  })

  test("has headers of one's own, also in the place of ours", async () => {
    const headers = { "X-Facility": "KSM", "Content-Type": "x-application/hl7-v2+er7" }
    await send({ headers, headerFiles: { "X-Api-Key": secret("s3cret\n") } })
    const [asked] = web.requests
    expect(asked?.headers.get("x-facility")).toBe("KSM")
    expect(asked?.headers.get("content-type")).toBe("x-application/hl7-v2+er7")
    expect(asked?.headers.get("x-api-key")).toBe("s3cret")
  })

  test("has a key that stays for the same content, and is another for another", async () => {
    const keyOf = async (sending: Sending) => {
      await send({}, sending)
      return web.requests.at(-1)?.headers.get("idempotency-key")
    }
    const first = await keyOf(registration("KSM-1"))
    expect(first).toMatch(/^epoch-1-[0-9a-f]{32}$/)
    expect(await keyOf(registration("KSM-1"))).toBe(first)
    expect(await keyOf(registration("KSM-2"))).not.toBe(first)
  })

  test("proves who we are, as to any destination over HTTP", async () => {
    await send({ auth: { kind: "bearer", tokenFile: secret("t0ken") } })
    expect(web.requests[0]?.headers.get("authorization")).toBe("Bearer t0ken")
  })
})

describe("a signature", () => {
  const key = Buffer.alloc(32, "k")
  const written = `whsec_${key.toString("base64")}\n`

  test("is one that the receiver can check with its own copy of the secret", async () => {
    const now = Date.UTC(2026, 3, 15, 12)
    await open({ secretFile: secret(written) }, () => now).send(registration("KSM-1"), never)
    const [asked] = web.requests
    const get = (name: string) => asked?.headers.get(name) ?? ""
    expect(get("webhook-id")).toBe(get("idempotency-key"))
    expect(get("webhook-timestamp")).toBe(String(now / 1000))
    const signed = createHmac("sha256", key)
      .update(`${get("webhook-id")}.${get("webhook-timestamp")}.`)
      .update(asked?.body ?? "")
    expect(get("webhook-signature")).toBe(`v1,${signed.digest("base64")}`)
  })

  test("is made anew with the secret that is in the file by then", async () => {
    const path = secret(written)
    const destination = open({ secretFile: path }, () => 0)
    await destination.send(registration("KSM-1"), never)
    writeFileSync(path, `whsec_${Buffer.alloc(32, "n").toString("base64")}`)
    await destination.send(registration("KSM-1"), never)
    const [before, after] = web.requests.map(({ headers }) => headers.get("webhook-signature"))
    expect(after).not.toBe(before)
  })

  test("that can't be made sends nothing, and waits for a person", async () => {
    const path = secret(written)
    const destination = open({ secretFile: path })
    rmSync(path)
    expect(await destination.send(registration("KSM-1"), never)).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining("secretFile"),
    })
    expect(web.requests).toEqual([])
  })
})

describe("an answer", () => {
  test("of 204 with nothing in it is delivered, and its name for the request kept", async () => {
    web.answer = () => ({ keep: true, status: 204, headers: { "x-request-id": "r-7" } })
    expect(await send()).toEqual({
      outcome: "delivered",
      receipt: { status: 204, requestId: "r-7" },
    })
  })

  test.each([
    ["AA", { outcome: "delivered", receipt: { status: 200, code: "AA" } }],
    ["AE", { outcome: "hold", reason: "answered AE" }],
    ["AR", { outcome: "retry", reason: "answered AR" }],
  ])("of 200 with the acknowledgement %s in it counts as that says", async (code, outcome) => {
    web.answer = () => ({ keep: true, status: 200, body: ackOf(code, "C1") })
    expect(await send()).toMatchObject(outcome)
  })

  test("of 200 with the acknowledgement of another message is doubt", async () => {
    web.answer = () => ({ keep: true, status: 200, body: ackOf("AA", "C9") })
    expect(await send()).toMatchObject({ outcome: "retry" })
  })

  test("of 200 that speaks of MSH and is none counts as 200", async () => {
    web.answer = () => ({ keep: true, status: 200, body: "MSH read, thanks" })
    expect(await send()).toMatchObject({ outcome: "delivered" })
  })

  test.each(["<html>Sign in</html>", "\n<!DOCTYPE html><title>Sign in</title>"])(
    "of 200 with a page is a proxy's or a hotspot's: %s",
    async (body) => {
      web.answer = () => ({ keep: false, status: 200, body })
      expect(await send()).toMatchObject({
        outcome: "retry",
        reason: expect.stringContaining("login page"),
      })
    },
  )

  test.each([
    [302, "pause"],
    [400, "hold"],
    [401, "pause"],
    [404, "pause"],
    [409, "retry"],
    [422, "hold"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("of %d means %s, as from a FHIR server", async (status, outcome) => {
    web.answer = () => ({ keep: false, status, headers: { "retry-after": "7" } })
    expect(await send()).toMatchObject({ outcome })
  })
})

describe("the section of an HTTP destination", () => {
  const section = { kind: "http", url: "https://his.example/in?tenant=3" }
  const problemsOf = (changes: object) =>
    v.safeParse(http.config, { ...section, ...changes }).issues?.map((issue) => issue.message)

  test("needs its address and nothing else", () => {
    const { url, method, body, timeout, concurrency } = v.parse(http.config, section)
    expect([url, method, body]).toEqual([section.url, "POST", "hl7"])
    expect([timeout, concurrency]).toEqual([30_000, 8])
  })

  test.each([
    ["a place inside a page", { url: "https://his.example/in#x" }, "no # in it"],
    ["another method", { method: "GET" }, '"POST" or "PUT"'],
    ["a header that is the signature's", { headers: { "Webhook-Id": "1" } }, "sets itself"],
    ["a secret that is written down", { headers: { Authorization: "Bearer x" } }, "headerFiles"],
    ["a header of two lines", { headers: { "X-A": "a\r\nX-B: b" } }, "one line"],
    ["a header without a name", { headers: { "X A": "a" } }, "the name of a header"],
    ["a secret that is not there", { headerFiles: { "X-A": "/gone" } }, "there is no such file"],
    ["a secret of another form", { secretFile: secret("short") }, "whsec_"],
  ])("%s is refused, once, with what is wanted", (_what, changes, message) => {
    expect(problemsOf(changes)).toEqual([expect.stringContaining(message)])
  })
})
