import { connect, type Socket } from "node:net"
import { ackCodes } from "../hl7/ack-codes.ts"
import { Framer, frame } from "../hl7/frame.ts"
import { readHead } from "../hl7/head.ts"
import { parseMessage } from "../hl7/message.ts"
import { isAnswerTo, isPositive, type ReadAck, readAck } from "../hl7/read-ack.ts"
import { splitMessages } from "../hl7/split.ts"
import { unreadable } from "../unreadable.ts"
import { argumentsOf, type Command, filesTaken, print, UsageProblem } from "./command.ts"

const help = `usage: waystation send --to HOST:PORT FILE…

Sends the HL7 v2 messages in the files over MLLP, one after another, and prints each
acknowledgement. The file - is standard input.

  --to HOST:PORT     where to, for example 127.0.0.1:2575
  --timeout SECONDS  how long an acknowledgement may take (30)

Exit codes: 0 every acknowledgement was positive, 1 one was not or did not come,
64 wrong arguments.`

/** No acknowledgement is anywhere near as large. */
const ackBytesMax = 1024 * 1024

const timeoutMsMax = 86_400_000

export const send: Command = {
  summary: "send messages over MLLP and print the acknowledgements",
  help,
  async run(args) {
    const options = { to: { type: "string" }, timeout: { type: "string" } } as const
    const { values, positionals } = argumentsOf(args, options, true)
    const { host, port } = addressOf(values.to)
    const timeoutMs = 1000 * Number(values.timeout ?? "30")
    if (!(timeoutMs > 0 && timeoutMs <= timeoutMsMax))
      throw new UsageProblem("--timeout takes a number of seconds, at most a day")
    if (positionals.length === 0) throw new UsageProblem("a FILE is missing, or - for stdin")
    const messages: { file: string; bytes: Uint8Array }[] = []
    for (const file of positionals) {
      const bytes = await read(file)
      if (!bytes) return 1
      messages.push(...splitMessages(bytes).map((one) => ({ file, bytes: one })))
    }
    return exchange(messages, { host, port, timeoutMs })
  },
}

function addressOf(to: string | undefined): { host: string; port: number } {
  if (to === undefined) throw new UsageProblem("--to HOST:PORT is missing")
  const [, host = "", port = ""] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(to) ?? []
  if (host === "" || Number(port) > 65_535)
    throw new UsageProblem(`--to takes HOST:PORT, not ${to}`)
  return { host, port: Number(port) }
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    return file === "-" ? await Bun.stdin.bytes() : await Bun.file(file).bytes()
  } catch (error) {
    process.stderr.write(`waystation send: ${unreadable(file, error)}; ${filesTaken}\n`)
    return undefined
  }
}

/**
 * Sends one message at a time on one connection, each after the answers to the one before. Once an
 * answer is late or names another message, no later one could be told from it: the connection is
 * given up, and what is left is not sent.
 */
async function exchange(
  messages: readonly { file: string; bytes: Uint8Array }[],
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
): Promise<number> {
  const socket = connect({ host, port, noDelay: true })
  // Whoever writes or reads is told; an error that comes between the two would end the program.
  socket.on("error", () => {})
  const answers = answersOf(socket)
  const giveUp = () =>
    socket.destroy(new Error(`no acknowledgement came within ${timeoutMs / 1000} s`))
  let refused = 0
  try {
    for (const { file, bytes } of messages) {
      const late = setTimeout(giveUp, timeoutMs)
      const controlId = parseMessage(bytes).first("MSH")?.text(10) ?? ""
      // Two where it asks for both levels, none where it asks to hear nothing (2.5.1, 2.9.3).
      let awaited = ackCodes(readHead(bytes, {}).header, "accept", "auto").length
      await written(socket, frame(bytes))
      if (awaited === 0) await print(`${file} sent ${controlId}, which asks for no answer`)
      for (; awaited > 0; awaited--) {
        const { value, done } = await answers.next()
        if (done) throw new Error("the connection was closed without an acknowledgement")
        const ack = readAck(value)
        if (!ack || !isPositive(ack)) refused++
        await print(`${file} ${lineOf(ack)}`)
        if (ack && !isAnswerTo(ack, controlId))
          throw new Error(`that answers another message than ${controlId}; nothing more sent`)
        // Behind any other nothing comes: not behind a refusal, nor from who knows one level only.
        if (ack?.code !== "CA") break
      }
      clearTimeout(late)
    }
  } catch (error) {
    process.stderr.write(`waystation send: ${host}:${port}: ${(error as Error).message}\n`)
    return 1
  } finally {
    socket.destroy()
  }
  return refused === 0 ? 0 : 1
}

function lineOf(ack: ReadAck | undefined): string {
  if (!ack) return "answered without an MSA segment"
  return [ack.code, ack.about, ack.text].join(" ").trimEnd()
}

/** Resolves when the system has the bytes: what waits in a socket is lost when that is closed. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(socket.errored ?? error) : resolve()))
  })
}

/** The frames that come back. */
async function* answersOf(socket: Socket): AsyncGenerator<Uint8Array> {
  const framer = new Framer(ackBytesMax)
  for await (const chunk of socket) {
    for (const framed of framer.push(chunk)) if (framed.kind !== "stray") yield framed.bytes
  }
}
