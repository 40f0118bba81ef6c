import { describe, expect, test } from "bun:test"
import { oru } from "../../build.ts"
import { openHttpSender } from "../../fake/http-sender.ts"
import { begin, listenersOfThisFile } from "./listener.ts"

const listen = listenersOfThisFile()

describe("a request larger than frameMax", () => {
  test("is 413 as soon as its length is read", async () => {
    const { url, core } = await listen({ frameMax: "1KiB" })
    const { status, closed } = await begin(url, "content-length: 1025", "")
    expect(await status).toBe(413)
    await closed
    expect(core.handed).toEqual([])
  })

  test("is 413 as soon as a byte too many came, where it does not say its length", async () => {
    const { url, core } = await listen({ frameMax: "1KiB" })
    const chunk = `401\r\n${"x".repeat(1025)}\r\n`
    const { status, closed } = await begin(url, "transfer-encoding: chunked", chunk)
    expect(await status).toBe(413)
    await closed
    expect(core.handed).toEqual([])
  })

  test("is one that is larger by a byte", async () => {
    const { post } = await listen({ frameMax: "1KiB" })
    const message = oru()
    const exact = Buffer.concat([message, Buffer.alloc(1024 - message.length, "\r")])
    expect((await post(exact)).status).toBe(200)
    expect((await post(Buffer.concat([exact, Buffer.from("\r")]))).status).toBe(413)
  })

  test("and one of 20 MB goes through where it is not", async () => {
    const { post, core } = await listen()
    const large = Buffer.concat([oru(), Buffer.from(`NTE|1||${"x".repeat(20_000_000)}\r`)])
    expect((await post(large)).status).toBe(200)
    expect(core.handed[0]?.bytes.length).toBe(large.length)
  })
})

describe("a connection", () => {
  test("that ends inside a body stores nothing of it", async () => {
    const { url, core, post } = await listen()
    const { socket, closed } = await begin(url, "content-length: 1000", oru().toString())
    await post(oru({ controlId: "C2" }))
    socket.destroy()
    await closed
    // A whole round trip each: the end of the other connection is seen before them.
    for (const controlId of ["C3", "C4"]) await post(oru({ controlId }))
    const ids = core.handed.map(({ read }) => "head" in read && read.head.controlId)
    expect(ids).toEqual(["C2", "C3", "C4"])
  })

  test("that is inside a request when the source closes does not hold it up", async () => {
    const { url, source } = await listen()
    const header = await begin(url, "content-length: 1000", "", "POST /in/lab HTTP/1.1\r\nhos")
    const { status, closed } = await begin(url, "content-length: 1000", "MSH|")
    // A whole round trip: the beginning of the other request was read before.
    const sender = await openHttpSender(url)
    await source.close()
    expect(await status).toBe(503)
    await closed
    await header.closed
    expect(await sender.next()).toBeUndefined()
  })

  test("among 150 that have stalled inside a body is answered at once", async () => {
    const { url, post } = await listen({ frameMax: "64KiB" })
    const beginning = "x".repeat(65_000)
    const stalled = Array.from({ length: 150 }, () =>
      begin(url, "content-length: 65536", beginning),
    )
    const sockets = await Promise.all(stalled)
    expect((await post(oru({ sender: "x".repeat(3_000) }))).status).toBe(200)
    for (const { socket } of sockets) socket.destroy()
  })

  test("with a large body finds no room beside two of the largest until they end", async () => {
    const { url, post } = await listen({ frameMax: "1MiB" })
    const [one, other] = await Promise.all(
      ["x", "y"].map((text) => begin(url, "content-length: 1048576", text.repeat(1_000_000))),
    )
    const large = Buffer.concat([oru(), Buffer.from(`NTE|1||${"x".repeat(200_000)}\r`)])
    let refused: Response
    do refused = await post(large)
    while (refused.status === 200)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    expect((await post(oru())).status).toBe(200)
    one?.socket.destroy()
    other?.socket.destroy()
    while ((await post(large)).status !== 200);
  })
})
