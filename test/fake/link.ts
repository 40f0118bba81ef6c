import { connect, createServer, type Socket } from "node:net"

export interface LinkSettings {
  /** Where it leads to: a port of this machine. */
  to: number
  /** The port to listen on; left out, any that is free. */
  port?: number
  /** In each direction, shared by all connections. */
  bitsPerSecond: number
  /** How long anything takes from one end to the other, beside what its bits take. */
  delayMs: number
}

/** A thin, slow line between this machine and itself, as a satellite or a mobile network is. */
export interface Link {
  readonly port: number
  /** Bytes on the wire so far, with the headers, acknowledgements and handshakes of TCP and IP. */
  readonly bytes: { readonly up: number; readonly down: number }
  /** From now on nothing more comes through, and nobody is told. */
  cut(): void
  /** What was sent meanwhile, and is still wanted, comes through. */
  restore(): void
  close(): Promise<void>
}

/** What a segment of TCP carries in Ethernet's 1,500 bytes, and the headers of IPv4 and TCP. */
const segmentBytes = 1460
const headerBytes = 40

/** Opens a link; it takes no account of TCP's slow start, nor of segments that get lost. */
export async function openLink({ to, port = 0, ...line }: LinkSettings): Promise<Link> {
  const up = new Way(line)
  const down = new Way(line)
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    // An end that is gone is told of by its close.
    socket.on("error", () => {})
    return socket
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (near) => {
    keep(near)
    for (const way of [up, down]) {
      await way.put(headerBytes)
      await way.arrive()
    }
    if (near.destroyed) return
    const far = keep(connect({ host: "127.0.0.1", port: to, allowHalfOpen: true, noDelay: true }))
    void up.put(headerBytes)
    pipe(near, far, up, down)
    pipe(far, near, down, up)
  })
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    get bytes() {
      return { up: up.bytes, down: down.bytes }
    },
    cut() {
      for (const way of [up, down]) way.cut()
    },
    restore() {
      for (const way of [up, down]) way.restore()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** One direction of the line: what is put on it leaves at its pace, in turn, and arrives later. */
class Way {
  bytes = 0
  readonly #line: Pick<LinkSettings, "bitsPerSecond" | "delayMs">
  #whole = Promise.withResolvers<void>()
  #free = Promise.resolve()
  #freeAt = 0
  #arrived = Promise.resolve()

  constructor(line: Pick<LinkSettings, "bitsPerSecond" | "delayMs">) {
    this.#line = line
    this.#whole.resolve()
  }

  cut(): void {
    this.#whole = Promise.withResolvers()
  }

  restore(): void {
    this.#whole.resolve()
  }

  /** Resolves when these bytes are on their way. */
  put(bytes: number): Promise<void> {
    this.#free = this.#free.then(() => this.#put(bytes))
    return this.#free
  }

  /** Resolves when what is on its way now has come to the other end. */
  arrive(): Promise<void> {
    const at = performance.now() + this.#line.delayMs
    this.#arrived = this.#arrived.then(() => Bun.sleep(Math.max(0, at - performance.now())))
    return this.#arrived
  }

  async #put(bytes: number): Promise<void> {
    await this.#whole.promise
    this.bytes += bytes
    const now = performance.now()
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 8 * 1000) / this.#line.bitsPerSecond
    // A timer is no finer than a millisecond: what takes less is waited for together.
    if (this.#freeAt - now >= 1) await Bun.sleep(this.#freeAt - now)
  }
}

/**
 * Carries what one end says to the other, in turn and segment by segment. No more is read before
 * that is on its way, so that the line holds of each connection what its socket gave at once.
 */
function pipe(from: Socket, to: Socket, way: Way, back: Way): void {
  let [segments, ended, said] = [0, false, Promise.resolve()]
  // An end is told of also while a socket is paused.
  const say = (what: () => Promise<void>) => {
    said = said.then(what)
  }
  from.on("data", (chunk: Buffer) => {
    from.pause()
    say(async () => {
      for (let at = 0; at < chunk.length; at += segmentBytes) {
        const segment = chunk.subarray(at, at + segmentBytes)
        await way.put(segment.length + headerBytes)
        void way.arrive().then(() => to.write(segment))
        // Every second one is acknowledged (RFC 9293, 3.8.6.3).
        if (++segments % 2 === 0) void back.put(headerBytes)
      }
      from.resume()
    })
  })
  const leave = (how: () => void) => {
    if (ended) return
    ended = true
    say(async () => {
      await way.put(headerBytes)
      await way.arrive()
      how()
    })
  }
  from.on("end", () => leave(() => to.end()))
  from.on("close", () => leave(() => to.destroy()))
}
