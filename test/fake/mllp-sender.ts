import { connect, type Socket } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"
import { Framer, frame } from "../../src/hl7/frame.ts"
import { type ParsedMessage, parseMessage } from "../../src/hl7/message.ts"

/** What sends over MLLP: a real socket, whose every step a test decides. */
export interface MllpSender {
  /** Bytes as they are. */
  write(bytes: Uint8Array | string): void
  /** A message in a frame. */
  send(message: Uint8Array): void
  /** The next acknowledgement; undefined once the other side has hung up. */
  next(): Promise<ParsedMessage | undefined>
  /** The next acknowledgement as `AA C1`: MSA-1 and MSA-2. */
  answer(): Promise<string>
  /** Acknowledgements that have come in and that nobody has asked for yet. */
  waiting(): number
  /** Says that no more will come, and still reads, as `nc` does at the end of its input. */
  finish(): void
  /** Leaves without a word: the other side sees a reset. */
  reset(): void
  readonly socket: Socket
}

/**
 * Connects to an address such as `mllp 127.0.0.1:2575` or `127.0.0.1:2575`.
 *
 * @param tls speaks TLS, and says so: the other side's name is not minded
 */
export async function openMllpSender(
  address: string,
  tls?: ConnectionOptions,
): Promise<MllpSender> {
  const [, host = "", port = ""] = /^(?:mllp )?(.+):(\d+)$/.exec(address) ?? []
  const place = { host, port: Number(port), allowHalfOpen: true, noDelay: true }
  const socket = tls
    ? connectTls({ ...place, checkServerIdentity: () => undefined, ...tls })
    : connect(place)
  const framer = new Framer(2 ** 30)
  const came: ParsedMessage[] = []
  const asking: ((answer: ParsedMessage | undefined) => void)[] = []
  let gone = false

  const deliver = () => {
    while (asking.length > 0 && (came.length > 0 || gone)) asking.shift()?.(came.shift())
  }
  const leave = () => {
    gone = true
    deliver()
  }
  socket.on("data", (chunk: Buffer) => {
    came.push(...framer.push(chunk).map(({ bytes }) => parseMessage(bytes)))
    deliver()
  })
  socket.on("end", () => {
    socket.end()
    leave()
  })
  socket.on("close", leave)
  await new Promise<void>((resolve, reject) => {
    socket.once(tls ? "secureConnect" : "connect", () => resolve())
    socket.once("error", reject)
  })
  // From here on, a reset is the end of the answers and no more.
  socket.on("error", leave)

  const next = () =>
    new Promise<ParsedMessage | undefined>((resolve) => {
      asking.push(resolve)
      deliver()
    })
  return {
    write: (bytes) => void socket.write(bytes),
    send: (message) => void socket.write(frame(message)),
    next,
    async answer() {
      const msa = (await next())?.first("MSA")
      return msa ? `${msa.text(1)} ${msa.text(2) ?? ""}`.trim() : "hung up"
    },
    waiting: () => came.length,
    finish: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    socket,
  }
}
