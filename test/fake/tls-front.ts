import { connect } from "node:net"
import { createServer, type TLSSocket, type TlsOptions } from "node:tls"

/** TLS in front of a server that speaks none, as a centre's reverse proxy is. */
export interface TlsFront extends AsyncDisposable {
  /** The same path as behind it, by the name that its certificate is for: `localhost`. */
  readonly url: string
  /** The names in the certificates that were shown; "" where none was. */
  readonly shown: readonly string[]
}

/** Opens one before `behind`; with `ca` only those come through that show a certificate of it. */
export async function openTlsFront(
  behind: string,
  options: Pick<TlsOptions, "cert" | "key" | "ca">,
): Promise<TlsFront> {
  const { port: target, pathname } = new URL(behind)
  const shown: string[] = []
  const sockets = new Set<TLSSocket>()
  const required = options.ca !== undefined
  const server = createServer(
    { ...options, requestCert: true, rejectUnauthorized: required },
    (outer) => {
      sockets.add(outer)
      shown.push(String(outer.getPeerCertificate()?.subject?.CN ?? ""))
      const inner = connect(Number(target), "127.0.0.1")
      outer.pipe(inner).pipe(outer)
      for (const one of [outer, inner]) {
        one.on("error", () => {})
        one.on("close", () => {
          outer.destroy()
          inner.destroy()
        })
      }
    },
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = address !== null && typeof address === "object" ? address.port : 0
  return {
    url: `https://localhost:${port}${pathname}`,
    shown,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
