import { connect, type Socket } from "node:net"

/** An HTTP answer as it came. */
export interface HttpAnswer {
  status: number
  headers: Headers
  body: Buffer
}

/** What sends over HTTP: real sockets, each request on one that is idle, or else on a new one. */
export interface HttpSender {
  /** Writes one request; its answer comes by `next`, in the order of the requests. */
  send(request: string, body?: Uint8Array): void
  /** The next answer; undefined once all is answered and the other side has hung up. */
  next(): Promise<HttpAnswer | undefined>
  /** Answers that have come in and that nobody has asked for yet. */
  waiting(): number
}

/** Connects to `http://127.0.0.1:8580/in/lab` or the like; rejects where nobody listens. */
export async function openHttpSender(address: string): Promise<HttpSender> {
  const { hostname: host, port } = new URL(address)
  const open = new Set<Socket>()
  const idle = new Set<Socket>()
  const answers: Promise<HttpAnswer>[] = []
  const gone = Promise.withResolvers<void>()
  let came = 0

  function connected(): Promise<Socket> {
    const socket = connect({ host, port: Number(port), noDelay: true })
    open.add(socket)
    socket.on("close", () => {
      open.delete(socket)
      idle.delete(socket)
      if (open.size === 0) gone.resolve()
    })
    return new Promise((resolve, reject) => {
      socket.once("connect", () => resolve(socket))
      socket.once("error", reject)
    })
  }

  async function exchange(request: string, body: Uint8Array): Promise<HttpAnswer> {
    const [free] = idle
    if (free) idle.delete(free)
    const socket = free ?? (await connected())
    const lines = [request, `host: ${host}:${port}`, `content-length: ${body.length}`, "", ""]
    socket.write(Buffer.concat([Buffer.from(lines.join("\r\n")), body]))
    const answer = await answerOn(socket)
    idle.add(socket)
    return answer
  }

  idle.add(await connected())
  // A listener may take a connection up with its first byte only: this one has been.
  await exchange("GET / HTTP/1.1", Buffer.alloc(0))
  return {
    send(request, body = Buffer.alloc(0)) {
      const answer = exchange(request, body)
      answers.push(answer)
      answer.then(
        () => came++,
        () => {},
      )
    },
    async next() {
      const answer = answers.shift()
      if (!answer) return void (await gone.promise)
      return answer.finally(() => came--)
    },
    waiting: () => came,
  }
}

/** Reads one answer whose length its header gives. */
function answerOn(socket: Socket): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0)
    const leave = () => reject(new Error("the connection was closed without an answer"))
    const read = (chunk: Buffer) => {
      got = Buffer.concat([got, chunk])
      const end = got.indexOf("\r\n\r\n")
      if (end < 0) return
      const [first = "", ...lines] = got.toString("latin1", 0, end).split("\r\n")
      const headers = new Headers(lines.map((line) => line.split(": ", 2) as [string, string]))
      const body = got.subarray(end + 4)
      if (body.length < Number(headers.get("content-length"))) return
      socket.off("data", read)
      socket.off("close", leave)
      resolve({ status: Number(first.split(" ")[1]), headers, body })
    }
    socket.on("data", read)
    socket.on("close", leave)
    socket.on("error", reject)
  })
}
