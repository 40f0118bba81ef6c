import { request as ask, createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"

/** A proxy as a hospital's network has in front of the world. */
export interface ForwardProxy extends AsyncDisposable {
  readonly url: string
  /** What came by: `POST http://central.example/fhir`, or `CONNECT central.example:443`. */
  readonly passed: readonly string[]
}

/**
 * Opens one that passes on what is asked of it (RFC 9112, 3.2.2) and tunnels (RFC 9110, 9.3.6).
 * Whatever the name, it connects to the loopback address: it alone can resolve the names here.
 */
export async function openForwardProxy(): Promise<ForwardProxy> {
  const passed: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    passed.push(`${request.method} ${request.url}`)
    const { port, pathname, search } = new URL(request.url ?? "")
    const { method, headers } = request
    const path = pathname + search
    const onward = ask({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on("error", () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on("connection", (socket) => sockets.add(socket))
  server.on("connect", (request, outer: Socket) => {
    passed.push(`CONNECT ${request.url}`)
    const inner = connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
      outer.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      outer.pipe(inner).pipe(outer)
    })
    for (const one of [outer, inner]) {
      one.on("error", () => {})
      one.on("close", () => {
        outer.destroy()
        inner.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
