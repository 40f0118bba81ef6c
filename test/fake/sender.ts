import { connect, type Socket } from "node:net"
import { Framer, frame } from "../../src/hl7/frame.ts"
import { parseMessage } from "../../src/hl7/message.ts"

/** An acknowledgement as a sender reads it. */
export interface Answer {
  /** MSA-1. */
  code: string
  /** MSA-2: the message it is about. */
  about: string
  /** All of it, a segment a line. */
  text: string
}

export interface Sender {
  readonly socket: Socket
  /** Sends one message and waits for its answer; rejects when the connection ends before. */
  send(message: Uint8Array): Promise<Answer>
  close(): void
}

/** A laboratory machine on one MLLP connection: answers come in the order of what was sent. */
export async function openSender(port: number, host = "127.0.0.1"): Promise<Sender> {
  const socket = connect({ port, host, noDelay: true })
  const framer = new Framer(1_000_000)
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []
  let ended: Error | undefined
  const fail = (error: Error) => {
    ended ??= error
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve)
    socket.once("error", reject)
  })
  socket.on("error", fail)
  socket.on("close", () => fail(new Error("the connection was closed")))
  socket.on("data", (chunk: Buffer) => {
    for (const framed of framer.push(chunk)) waiting.shift()?.resolve(answerOf(framed.bytes))
  })
  return {
    socket,
    send: (message) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        waiting.push({ resolve, reject })
        socket.write(frame(message))
      }),
    close: () => socket.destroy(),
  }
}

function answerOf(bytes: Uint8Array): Answer {
  const msa = parseMessage(bytes).first("MSA")
  const text = Buffer.from(bytes).toString("latin1").replaceAll("\r", "\n")
  return { code: msa?.text(1) ?? "", about: msa?.text(2) ?? "", text }
}
