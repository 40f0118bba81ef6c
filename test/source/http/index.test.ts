import { describe, expect, test } from "bun:test"
import { hl7, oru } from "../../build.ts"
import { begin, listenersOfThisFile, token } from "./listener.ts"

const listen = listenersOfThisFile()

const json = { accept: "application/json" }

/** MSA-1 and MSA-2 of every acknowledgement in a body. */
const acksIn = (text: string) =>
  text.split("\r").flatMap((line) => (line.startsWith("MSA") ? [line.split("|").slice(1, 3)] : []))

describe("a message that is posted", () => {
  test.each(["text/plain", "application/hl7-v2", "TEXT/PLAIN; charset=utf-8"])(
    "as %s is answered 200 with its acknowledgement in the same content type",
    async (type) => {
      const { post } = await listen()
      const response = await post(oru(), { "content-type": type })
      expect(response.status).toBe(200)
      expect(response.headers.get("content-type")).toBe(type.toLowerCase())
      expect(acksIn(await response.text())).toEqual([["AA", "C1"]])
    },
  )

  test("is handed in byte for byte, whatever charset it is in", async () => {
    const { post, core } = await listen()
    const bytes = Buffer.concat([oru(), Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0d])])
    await post(bytes)
    expect(Buffer.from(core.handed[0]?.bytes ?? []).equals(bytes)).toBe(true)
  })

  test("is answered with a receipt in JSON for who asks for that", async () => {
    const { post, core } = await listen()
    const stored = await post(oru(), json)
    expect(stored.headers.get("content-type")).toBe("application/json")
    expect(await stored.json()).toEqual({ id: 1, verdict: "stored", code: "AA" })
    core.decides = "when told"
    const repeated = post(oru({ controlId: "C2" }), json)
    await core.counted(2)
    core.decide("C2", { verdict: "duplicate", id: 1 })
    expect(await (await repeated).json()).toEqual({ id: 1, verdict: "duplicate", code: "AA" })
  })

  test.each([
    ["*/*", "application/hl7-v2"],
    ["application/json, text/plain, */*", "application/json"],
    ["application/json;q=0.5, application/hl7-v2", "application/hl7-v2"],
    ["text/html", "application/hl7-v2"],
  ])("by who accepts %s is answered in %s", async (accept, type) => {
    const { post } = await listen()
    expect((await post(oru(), { accept })).headers.get("content-type")).toBe(type)
  })

  test("without MSH-10 is 400, with the reason in the acknowledgement and in JSON", async () => {
    const { post } = await listen()
    const wrong = oru({ controlId: "" })
    const response = await post(wrong)
    expect(response.status).toBe(400)
    const text = await response.text()
    expect(acksIn(text)).toEqual([["AE", ""]])
    expect(text).toContain("MSH-10 gives no control id")
    const receipt = await post(wrong, json)
    expect(receipt.status).toBe(400)
    expect(await receipt.json()).toEqual({
      ...{ verdict: "malformed", code: "AE", error: 101 },
      ...{ location: "MSH^1^10", reason: "MSH-10 gives no control id" },
    })
  })

  test("that is nothing at all is 400", async () => {
    const { post } = await listen()
    expect((await post(Buffer.alloc(0))).status).toBe(400)
  })

  test("that can't be stored now is 503, and told when to come again", async () => {
    const { post, core } = await listen()
    core.decides = "when told"
    const unavailable = { verdict: "unavailable", reason: "SQLITE_FULL" } as const
    for (const [count, headers] of [{}, json].entries()) {
      const answer = post(oru(), headers)
      await core.counted(count + 1)
      core.decide("C1", unavailable)
      const response = await answer
      expect(response.status).toBe(503)
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0)
      const body = await response.text()
      expect(body).toContain("AR")
      expect(body).not.toContain("SQLITE")
    }
  })
})

describe("a message that says which acknowledgements it wants", () => {
  const asking = (accept: string, application: string) =>
    hl7(`MSH|^~\\&|LAB|CLINIC|||20260415120000||ORU^R01|C1|P|2.5.1|||${accept}|${application}`)

  test("gets them in the body of one answer", async () => {
    const { post } = await listen()
    const codes = async (body: Uint8Array) =>
      acksIn(await (await post(body)).text()).map(([code]) => code)
    expect(await codes(asking("AL", "NE"))).toEqual(["CA"])
    expect(await codes(asking("AL", "AL"))).toEqual(["CA", "AA"])
  })

  test("gets its status all the same where it wants none", async () => {
    const { post } = await listen()
    const response = await post(asking("NE", "NE"))
    expect([response.status, await response.text()]).toEqual([200, ""])
  })

  test("of a type that is not taken is 400, refused and not in error", async () => {
    const { post } = await listen({ type: ["ADT"] })
    const response = await post(oru(), json)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ verdict: "malformed", code: "AR", error: 200 })
  })
})

describe("several messages in one request", () => {
  const three = ["C1", "C2", "C3"].map((controlId) => oru({ controlId }))

  test("are each a message of its own, acknowledged in their order", async () => {
    const { post, core, source } = await listen()
    const response = await post(Buffer.concat(three))
    expect(response.status).toBe(200)
    expect(acksIn(await response.text()).map(([, about]) => about)).toEqual(["C1", "C2", "C3"])
    expect(core.handed).toHaveLength(3)
    expect(source.replies).toEqual({ AA: 3 })
  })

  test("get a receipt each", async () => {
    const { post } = await listen()
    const receipts = await (await post(Buffer.concat(three), json)).json()
    expect(receipts).toEqual([1, 2, 3].map((id) => ({ id, verdict: "stored", code: "AA" })))
  })

  test("may be a batch, answered by a batch of acknowledgements", async () => {
    const { post, core } = await listen()
    const batch = [hl7("BHS|^~\\&|LAB|CLINIC"), ...three, hl7("BTS|3")]
    const text = await (await post(Buffer.concat(batch))).text()
    expect(text).toStartWith("BHS|")
    expect(acksIn(text).map(([, about]) => about)).toEqual(["C1", "C2", "C3"])
    expect(core.handed).toHaveLength(3)
  })

  test("are answered for the worst of them: on 200 a sender forgets them all", async () => {
    const { post, core } = await listen()
    const wrong = [...three, oru({ controlId: "" })]
    expect((await post(Buffer.concat(wrong))).status).toBe(400)
    core.decides = "when told"
    const answer = post(Buffer.concat(three))
    await core.counted(7)
    core.decide("C1")
    core.decide("C2", { verdict: "unavailable", reason: "full" })
    core.decide("C3")
    expect((await answer).status).toBe(503)
  })
})

describe("what is not a message for this source is refused before it is read", () => {
  const unread = async (given: { status: number; url?: string; init?: RequestInit }) => {
    const { url, core, source } = await listen()
    const { status, init = {} } = given
    const authorization = `Bearer ${token}`
    const headers = { authorization, "content-type": "text/plain", ...init.headers }
    const to = given.url ? new URL(given.url, url) : url
    const response = await fetch(to, { method: "POST", body: String(oru()), ...init, headers })
    expect(response.status).toBe(status)
    expect(core.handed).toEqual([])
    expect(source.replies).toEqual({})
    const { error } = JSON.parse(await response.text())
    expect(error).toBeString()
    return { headers: response.headers, error }
  }

  test.each(["", "Bearer", "Bearer wrong", `Basic ${token}`, `Bearer ${token}x`])(
    "401: %p is not one of its tokens",
    async (authorization) => {
      const { headers } = await unread({ status: 401, init: { headers: { authorization } } })
      expect(headers.get("www-authenticate")).toBe("Bearer")
      await unread({ status: 401, url: "/nix", init: { headers: { authorization } } })
    },
  )

  test("401: however large, and before its length is looked at", async () => {
    const { url } = await listen()
    const head = `POST /in/lab HTTP/1.1\r\nhost: x\r\ncontent-length: ${10 ** 12}\r\n\r\n`
    const { socket, status } = await begin(url, "", "", head)
    expect(await status).toBe(401)
    socket.destroy()
  })

  test.each(["/", "/in", "/in/other", "/in/lab/more", "/IN/lab"])(
    "404: there is no %s, and it says what there is",
    async (url) => expect((await unread({ status: 404, url })).error).toContain("/in/lab"),
  )

  test.each(["PUT", "DELETE", "PATCH"])("405: a message is not sent by %s", async (method) => {
    const { headers } = await unread({ status: 405, init: { method } })
    expect(headers.get("allow")).toBe("POST")
  })

  test.each([
    "application/json",
    "application/hl7-v2+xml",
    "",
    "text/plainx",
    "; charset=utf-8",
    "charset=utf-8",
    "multipart/form-data",
  ])("415: %p is not HL7 v2", async (type) => {
    const { error } = await unread({ status: 415, init: { headers: { "content-type": type } } })
    expect(error).toContain("application/hl7-v2")
  })

  test("415: what is compressed", async () => {
    const headers = { "content-encoding": "gzip" }
    await unread({ status: 415, init: { headers, body: Bun.gzipSync(String(oru())) } })
  })
})

test("a message sent before the one ahead of it is answered: neither is acknowledged", async () => {
  const { core, post, url } = await listen()
  core.decides = "when told"
  const body = oru({ controlId: "C2" })
  const { socket, closed } = await begin(url, `content-length: ${body.length}`, String(body))
  const came: Buffer[] = []
  socket.on("data", (chunk: Buffer) => void came.push(chunk))
  await core.counted(1)
  socket.write("POST /in/lab HTTP/1.1\r\nhost: x\r\n\r\n")
  await closed
  core.decide("C2")
  expect(Buffer.concat(came).toString()).toBe("")
  expect(core.handed).toHaveLength(1)
  core.decides = "at once"
  expect((await post(body)).status).toBe(200)
})
