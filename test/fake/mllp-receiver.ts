import { createServer, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"
import { Framer, frame } from "../../src/hl7/frame.ts"
import { parseMessage } from "../../src/hl7/message.ts"

/** The other end of `waystation send` and of an MLLP destination: answers as a test tells it. */
export interface MllpReceiver {
  /** `127.0.0.1:port`. */
  readonly address: string
  /** The control ids that came in, in their order. */
  readonly received: string[]
  /** Connections taken so far. */
  connections(): number
  /** Closes the port: connections are refused until `up`. */
  down(): Promise<void>
  /** Opens the same port again. */
  up(): Promise<void>
  close(): Promise<void>
}

/** What to do about one message, and when: texts in a frame each, `hang up`, or nothing. */
type Answer = (controlId: string, bytes: Uint8Array) => Does | Promise<Does>
type Does = readonly string[] | "hang up"

/** @param tls speaks TLS, with these certificates */
export async function openMllpReceiver(answer: Answer, tls?: TlsOptions): Promise<MllpReceiver> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const take = (socket: Socket) => {
    const framer = new Framer(1024 ** 2)
    sockets.add(socket)
    // A sender that leaves without a word is what some of these tests are about.
    socket.on("error", () => {})
    socket.on("data", async (chunk: Buffer) => {
      for (const { bytes } of framer.push(chunk)) {
        const controlId = parseMessage(bytes).first("MSH")?.text(10) ?? ""
        received.push(controlId)
        const answers = await answer(controlId, bytes)
        if (answers === "hang up") socket.destroy()
        else for (const text of answers) socket.write(frame(Buffer.from(text)))
      }
    })
  }
  const server = tls ? createTlsServer(tls, take) : createServer(take)
  const listen = (at: number) =>
    new Promise<void>((resolve) => {
      if (server.listening) resolve()
      else server.listen(at, "127.0.0.1", resolve)
    })
  const down = () =>
    new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve())
      else resolve()
      for (const socket of sockets) socket.destroy()
    })
  await listen(0)
  const { port } = server.address() as { port: number }
  return {
    address: `127.0.0.1:${port}`,
    received,
    connections: () => sockets.size,
    down,
    up: () => listen(port),
    close: down,
  }
}

/** An acknowledgement of so little that anybody reads it. */
export function ackOf(code: string, controlId: string, text = ""): string {
  return `MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|${code}|${controlId}|${text}\r`
}
