import { expect, test } from "bun:test"
import { connect, createServer, type Socket } from "node:net"
import { type LinkSettings, openLink } from "../fake/link.ts"

/** A link to a listener that gives back what it gets, and a connection through it. */
async function openEcho(line: Pick<LinkSettings, "bitsPerSecond" | "delayMs">) {
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const to = typeof address === "object" && address !== null ? address.port : 0
  const link = await openLink({ to, ...line })
  const socket = connect(link.port, "127.0.0.1")
  let came = 0
  socket.on("data", (chunk) => {
    came += chunk.length
  })
  return {
    link,
    socket,
    came: () => came,
    async close() {
      socket.destroy()
      await link.close()
      server.close()
    },
  }
}

/** Sends these bytes, and resolves with how many ms it took until all came back. */
async function thereAndBack(socket: Socket, came: () => number, bytes: number): Promise<number> {
  const from = performance.now()
  const [whole, before] = [Promise.withResolvers<void>(), came()]
  socket.on("data", () => came() - before >= bytes && whole.resolve())
  socket.write(Buffer.alloc(bytes, 1))
  await whole.promise
  return performance.now() - from
}

test("a link takes the time that its bits and its length ask for, each way", async () => {
  const { socket, link, came, close } = await openEcho({ bitsPerSecond: 200_000, delayMs: 50 })
  const ms = await thereAndBack(socket, came, 5_000)
  // There and back for the handshake, and again for what is said, whose bits take 0.2 s each way;
  // a part of it is on its way back before the last has come.
  expect(ms).toBeGreaterThan(4 * 50 + 200)
  const { up, down } = link.bytes
  expect(Math.min(up, down)).toBeGreaterThanOrEqual(5_000 + 4 * 40)
  expect(Math.max(up, down)).toBeLessThan(5_000 + 20 * 40)
  await close()
})

test("a link that is cut carries nothing, and tells nobody, until it is restored", async () => {
  const { socket, link, came, close } = await openEcho({ bitsPerSecond: 1e9, delayMs: 0 })
  await thereAndBack(socket, came, 10)
  link.cut()
  const back = thereAndBack(socket, came, 10)
  const first = await Promise.race([back.then(() => "came"), Bun.sleep(100).then(() => "nothing")])
  expect([first, socket.destroyed]).toEqual(["nothing", false])
  link.restore()
  await back
  expect(came()).toBe(20)
  await close()
})

test("what ends or breaks off at one end of a link does so at the other", async () => {
  const { socket, came, close } = await openEcho({ bitsPerSecond: 1e6, delayMs: 5 })
  const ended = new Promise<void>((resolve) => socket.on("end", resolve))
  socket.end(Buffer.alloc(3_000, 1))
  await ended
  expect(came()).toBe(3_000)
  await close()
})
