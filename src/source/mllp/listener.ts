import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls"
import type { Receive, Source } from "../../message.ts"
import { plainAddress } from "../allow.ts"
import { Answering } from "../answer.ts"
import type { SourceSurroundings } from "../in-flight.ts"
import { listenProblem, placeOf } from "../listen.ts"
import { Refusals } from "../refusals.ts"
import { Admission } from "./admission.ts"
import { Certificates } from "./certificates.ts"
import { Connection } from "./connection.ts"
import { handshakeProblem, handshakeTimeoutMs, peerOf } from "./handshake.ts"
import type { MllpConfig } from "./index.ts"
import { replaced } from "./replaced.ts"

/** How often silent connections are looked for: one timer for all of them, and none a message. */
const lookEveryMs = 1_000

/** How often the certificates' files are looked at. */
const renewEveryMs = 10_000

/** Resolves when senders can connect; rejects with what to do when they can't. */
export async function openListener(
  name: string,
  settings: MllpConfig,
  receive: Receive,
  { log, now, inFlight }: SourceSurroundings,
): Promise<Source> {
  const connections = new Set<Connection>()
  const replies: Record<string, number> = {}
  const answering = new Answering({ name, settings, receive, log, now, replies })
  const refusals = new Refusals(name, log)
  const certificates = settings.tls && new Certificates(settings.tls, { source: name, log, now })

  const look = () => {
    const at = performance.now()
    for (const connection of connections) connection.hurry(at)
    if (settings.replaceSilent === undefined) return
    const left = replaced(connections, settings.replaceSilent, at)
    for (const connection of left) connection.hangUp("connection-replaced")
  }
  const { server, handshaking } = openServer({ settings, refusals, certificates }, (socket) => {
    const [address, peer] = [plainAddress(socket.remoteAddress), peerOf(socket)]
    const given = { name, peer, address, settings, answering, inFlight, log }
    const connection = new Connection(socket, given)
    connections.add(connection)
    connection.closed.then(() => connections.delete(connection))
  })
  const address = await listen(server, settings)
  const timers = [
    setInterval(look, lookEveryMs),
    setInterval(() => certificates?.renew(server as TlsServer), renewEveryMs),
  ]
  return {
    address: `mllp ${address}`,
    replies,
    async close() {
      for (const timer of timers) clearInterval(timer)
      const stopped = new Promise((resolve) => server.close(resolve))
      for (const socket of handshaking) {
        handshaking.delete(socket)
        socket.destroy()
      }
      await Promise.all([...connections].map((connection) => connection.close()))
      await stopped
      refusals.close()
    },
  }
}

interface Opening {
  settings: MllpConfig
  refusals: Refusals
  certificates: Certificates | undefined
}

/** A server that calls `welcome` with each peer let in, once both know whom they talk to. */
function openServer(
  { settings, refusals, certificates }: Opening,
  welcome: (socket: Socket) => void,
): { server: Server; handshaking: Set<Socket> } {
  const admission = new Admission(settings, refusals)
  const handshaking = new Set<Socket>()
  const options = { allowHalfOpen: true, handshakeTimeout: handshakeTimeoutMs }
  const server: Server = certificates
    ? createTlsServer({ ...certificates.options, ...options })
    : createServer(options)
  server.on("connection", (socket: Socket) => {
    if (!admission.admit(socket)) return
    socket.setNoDelay(true)
    socket.setKeepAlive(true, settings.keepAlive)
    if (!certificates) return welcome(socket)
    handshaking.add(socket)
    socket.once("close", () => handshaking.delete(socket))
  })
  server.on("secureConnection", (socket: Socket) => {
    handshaking.delete(socket)
    welcome(socket)
  })
  // A handshake that never ends comes here too, and its socket is still open then.
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const address = plainAddress(socket.remoteAddress)
    if (handshaking.delete(socket)) refusals.add(address, handshakeProblem(error))
    socket.destroy()
  })
  return { server, handshaking }
}

/** Resolves with the place senders reach, once they do. */
function listen(server: Server, { host, port }: MllpConfig): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenProblem(error, host, port)))
    server.listen({ host, port, backlog: 511 }, () => {
      server.removeAllListeners("error")
      resolve(placeOf(host, (server.address() as { port: number }).port))
    })
  })
}
