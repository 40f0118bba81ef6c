import { BlockList, createServer, isIP, type Server, type Socket } from "node:net"
import * as v from "valibot"
import { senderSettings } from "../../hl7/settings.ts"
import type { Log, Receive, Source, Surroundings } from "../../message.ts"
import { bytes } from "../../units.ts"
import { Answering } from "../answer.ts"
import { host, listenProblem, placeOf, port } from "../listen.ts"
import { answerSettings } from "../settings.ts"
import { Connection } from "./connection.ts"

const config = v.strictObject({
  kind: v.literal("mllp"),
  host,
  port,
  /** Addresses and networks that may send; left out, everyone may. */
  allow: v.optional(
    v.array(
      v.pipe(v.string(), v.check(isNetwork, 'must be an address or a network: "10.0.0.0/8"')),
    ),
  ),
  /** The largest message taken in. */
  frameMax: v.optional(bytes, "50MiB"),
  ...senderSettings,
  ...answerSettings,
})

export type MllpConfig = v.InferOutput<typeof config>

/** HL7 v2 over MLLP: one listener, many connections, an acknowledgement for each message. */
export const mllp = { config, open }

async function open(
  name: string,
  settings: MllpConfig,
  receive: Receive,
  { log, now }: Surroundings,
): Promise<Source> {
  const connections = new Set<Connection>()
  const replies: Record<string, number> = {}
  const answering = new Answering({ name, settings, receive, log, now, replies })
  const allowed = settings.allow && networksOf(settings.allow)
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (!admitted(socket, allowed)) return refuse(socket, name, log)
    const connection = new Connection(socket, { name, settings, answering, log })
    connections.add(connection)
    connection.closed.then(() => connections.delete(connection))
  })
  await listen(server, settings)
  const port = (server.address() as { port: number }).port
  return {
    address: `mllp ${placeOf(settings.host, port)}`,
    replies,
    async close() {
      const stopped = new Promise((resolve) => server.close(resolve))
      await Promise.all([...connections].map((connection) => connection.close()))
      await stopped
    },
  }
}

function listen(server: Server, { host, port }: MllpConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenProblem(error, host, port)))
    server.listen({ host, port, backlog: 511 }, () => {
      server.removeAllListeners("error")
      resolve()
    })
  })
}

function admitted(socket: Socket, allowed: BlockList | undefined): boolean {
  const address = socket.remoteAddress ?? ""
  return !allowed || allowed.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")
}

function refuse(socket: Socket, source: string, log: Log): void {
  log("connection-refused", { source, peer: socket.remoteAddress, reason: "not in allow" })
  socket.destroy()
}

function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/")
  const bits = isIP(address) === 6 ? 128 : 32
  if (isIP(address) === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

function networksOf(allow: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const text of allow) {
    const [address = "", prefix] = text.split("/")
    const family = isIP(address) === 6 ? "ipv6" : "ipv4"
    if (prefix === undefined) networks.addAddress(address, family)
    else networks.addSubnet(address, Number(prefix), family)
  }
  return networks
}
