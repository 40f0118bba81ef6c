import { describe, expect, test } from "bun:test"
import { type AddressInfo, createServer, type Server } from "node:net"
import { putLoad } from "../../scripts/bench/load.ts"
import { digits, frameOf } from "../../scripts/bench/message.ts"

/** A listener that answers whatever comes with this code, for the id made of the one that came. */
async function openListener(
  code: string,
  answerTo: (controlId: string) => string,
): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on("data", (frame) => {
      const controlId = answerTo(frame.toString("latin1").split("|")[9] ?? "")
      socket.write(`\x0bMSH|^~\\&|A\rMSA|${code}|${controlId}\r\x1c\r`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

function load(port: number) {
  return putLoad({ port, connections: 4, first: 7, warmUpMs: 0, durationMs: 60_000, messages: 40 })
}

describe("the benchmark's load", () => {
  test("is made of messages of 751 bytes, each with an id of its own", () => {
    const [first, second] = [frameOf(1), frameOf(1001)]
    expect(first.length).toBe(751 + "\x0b\x1c\r".length)
    expect(second.length).toBe(first.length)
    expect(first.toString()).toContain(`|${digits(1)}|P|`)
    expect(second.toString()).toContain(`|${digits(1001)}|P|`)
    expect(second.toString()).toContain(`PID|1||${digits(1)}^`)
  })

  test("counts each message once when it is acknowledged", async () => {
    const { server, port } = await openListener("AA", (controlId) => controlId)
    expect((await load(port)).ackedInAll).toBe(40)
    server.close()
  })

  test("takes no refusal, and no answer to another message, for an acknowledgement", async () => {
    const refusing = await openListener("AE", (controlId) => controlId)
    await expect(load(refusing.port)).rejects.toThrow("40 answers were no AA")
    refusing.server.close()
    const mixedUp = await openListener("AA", (controlId) => `${controlId}0`)
    await expect(load(mixedUp.port)).rejects.toThrow("40 answers were no AA")
    mixedUp.server.close()
  })
})
